import type { Forest } from '../../core/fraud/model/forest.ts';
import { marginOf } from '../../core/fraud/model/forest.ts';
import type { Examples, TrainingOptions } from '../training/train-forest.ts';
import { trainForest } from '../training/train-forest.ts';
import type { ScoredPayment } from './card-precision.ts';
import { areaUnderRoc, averagePrecision } from '../../core/fraud/monitoring/ranking.ts';
import { cardPrecision } from './card-precision.ts';
import type { Transactions } from './read-transactions.ts';
import type { Replayed } from './replay.ts';
import { labelDelayDays } from './replay.ts';

const [trainingDays, testDays] = [7, 7];
const cardsLookedAt = 100;

/** What a test came to. */
export interface Figures {
  readonly areaUnderRoc: number;
  readonly averagePrecision: number;
  readonly cardPrecision: number;
  readonly trainingPayments: number;
  readonly testPayments: number;
  readonly trainingSeconds: number;
}

/** The payments of a fold, by their indexes. */
export interface Fold {
  readonly training: readonly number[];
  readonly test: readonly number[];
}

/** Payments with their vectors, and the first day of a fold of them. */
export interface FoldOfData {
  readonly transactions: Transactions;
  readonly replayed: Replayed;
  readonly trainDay: number;
}

/** A forest of a fold's week, and what it has not seen: the fold's test, by indexes and as vectors. */
export interface TrainedOnFold {
  readonly forest: Forest;
  readonly trainingPayments: number;
  readonly trainingSeconds: number;
  readonly test: readonly number[];
  readonly testExamples: Examples;
}

/**
 * A fold of ../shared/fraud-data/README.md: trains on days `trainDay` to `trainDay + 6`, waits seven days, tests on the seven
 * after them. Cards that were known to be compromised by then are not tested.
 */
export function foldOf(transactions: Transactions, trainDay: number): Fold {
  const { times } = transactions;
  const firstTestDay = trainDay + trainingDays + labelDelayDays;
  const between = (fromDay: number, toDay: number) => {
    const indexes: number[] = [];
    for (const [index, time] of times.entries()) if (time >= fromDay && time < toDay) indexes.push(index);
    return indexes;
  };
  return {
    training: between(trainDay, trainDay + trainingDays),
    test: untainted(transactions, between(trainDay, firstTestDay + testDays), trainDay, firstTestDay),
  };
}

/** Trains on a fold's week. */
export function trainOnFold(
  { transactions, replayed, trainDay }: FoldOfData,
  options: TrainingOptions,
  progress?: (treesDone: number) => void,
): TrainedOnFold {
  const { training, test } = foldOf(transactions, trainDay);
  const began = performance.now();
  const forest = trainForest(examplesOf(transactions, replayed, training), options, progress);
  const trainingSeconds = (performance.now() - began) / 1000;
  return {
    ...{ forest, trainingSeconds, trainingPayments: training.length, test },
    testExamples: examplesOf(transactions, replayed, test),
  };
}

/** Says how well a fold's test was told. */
export function testFold(transactions: Transactions, trained: TrainedOnFold): Figures {
  const { forest, test, testExamples: examples, trainingPayments, trainingSeconds } = trained;
  const scored = { scores: marginsOf(forest, examples), labels: examples.labels };
  const payments = test.map((index, row): ScoredPayment => ({
    day: Math.floor(transactions.times[index] ?? 0),
    card: transactions.customers[index] ?? 0,
    score: scored.scores[row] ?? 0,
    isFraud: transactions.labels[index] === 1,
  }));
  return {
    areaUnderRoc: areaUnderRoc(scored),
    averagePrecision: averagePrecision(scored),
    cardPrecision: cardPrecision(payments, cardsLookedAt),
    trainingPayments,
    testPayments: test.length,
    trainingSeconds,
  };
}

/** The log odds of each example. */
export function marginsOf(forest: Forest, { columns, labels }: Examples): Float64Array {
  const vector = new Float64Array(columns.length);
  return Float64Array.from(labels, (_, row) => {
    for (const [feature, column] of columns.entries()) vector[feature] = column[row] ?? 0;
    return marginOf(forest, vector);
  });
}

/** The vectors of some payments, by column, with their labels. */
export function examplesOf(
  { labels }: Pick<Transactions, 'labels'>,
  { first, columns }: Replayed,
  indexes: readonly number[],
): Examples {
  return {
    columns: columns.map((column) => Float64Array.from(indexes, (index) => column[index - first] ?? 0)),
    labels: Uint8Array.from(indexes, (index) => labels[index] ?? 0),
  };
}

/** Payments of the test days whose cards had no fraud in training, nor in the delay up to eight days before. */
function untainted(
  { times, customers, labels }: Transactions,
  indexes: readonly number[],
  trainDay: number,
  firstTestDay: number,
): readonly number[] {
  const knownFrom = new Map<number, number>();
  for (const index of indexes) {
    const day = Math.floor(times[index] ?? 0);
    if (labels[index] !== 1 || day >= firstTestDay) continue;
    // A fraud in training is known when the test begins; one of the delay eight days later.
    const known = day < trainDay + trainingDays ? firstTestDay : day + labelDelayDays + 1;
    const card = customers[index] ?? 0;
    knownFrom.set(card, Math.min(known, knownFrom.get(card) ?? known));
  }
  return indexes.filter((index) => {
    const day = Math.floor(times[index] ?? 0);
    return day >= firstTestDay && day < (knownFrom.get(customers[index] ?? 0) ?? Number.POSITIVE_INFINITY);
  });
}
