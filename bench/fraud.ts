import { existsSync } from 'node:fs';
import { testOnSimulation, trainOnSimulation } from '../model/evaluation/evaluate-simulation.ts';
import type { Figures } from '../model/evaluation/protocol.ts';
import { testFold, trainOnFold } from '../model/evaluation/protocol.ts';
import { readTransactions, replayTransactions } from '../model/evaluation/read-transactions.ts';
import type { ScoringSpeed } from '../model/evaluation/scoring-speed.ts';
import { measureScoring } from '../model/evaluation/scoring-speed.ts';
import { attackKinds } from '../model/simulator/payment.ts';
import { simulate } from '../model/simulator/simulate.ts';
import { usualOptions } from '../model/training/train-forest.ts';
import { say } from '../scripts/say.ts';
import { quantile } from './load.ts';
import { measuredOn, table } from './markdown.ts';

const sharedData = '../shared/fraud-data/transactions-days-000-156.bin.br';
/** As many attacks as in the market that the shipped model learns from. */
const market = { customers: 3000, sellers: 200, days: 77, attackRate: 4 };
/** The threshold is set so that on the weeks before so many of the honest would have been above it. */
const shareToHinder = 0.005;
const protocols = [
  { name: 'A', trainDays: [115], published: 'XGBoost, defaults', figures: [0.862, 0.639, 0.273] },
  {
    name: 'B',
    trainDays: [115, 122, 129, 136],
    published: 'XGBoost, 100 trees, 0.1, depth 3',
    figures: [0.871, 0.694, 0.304],
  },
  { name: 'validation', trainDays: [101, 94, 87, 80], published: undefined, figures: [] },
] as const;

/** How well the model tells fraud from honest payments by the published protocols, and how fast. Skips, by name, what needs data that is not there. */
export function benchFraud(): number {
  benchSimulation();
  if (!existsSync(sharedData)) {
    console.log(`Skipped: protocols A and B, validation, scoring time. They need ${sharedData}, which is not there.`);
    return 0;
  }
  benchProtocols();
  return 0;
}

/** Attacks of each kind in our own market, of weeks that the model never saw. */
function benchSimulation(): void {
  say('simulating 77 days of a market, and training on three weeks');
  const payments = simulate({ ...market, seed: 1 });
  const days = { training: { from: 21, to: 42 }, heldOut: { from: 49, to: 56 }, test: { from: 56, to: 77 } };
  const { caught, attacks, hindered, averagePrecision } = testOnSimulation(
    trainOnSimulation(payments, days),
    shareToHinder,
  );
  const rows = attackKinds.map((kind) => [kind.replaceAll('_', ' '), String(attacks[kind]), percent(caught[kind])]);
  console.log(table(['Attack', 'Payments', 'Caught'], rows).join('\n'));
  console.log(
    `\nOf the honest payments ${(hindered * 100).toFixed(2)} % are hindered; AP ${percent(averagePrecision)}.\n`,
  );
}

function benchProtocols(): void {
  say('reading and replaying 157 days');
  const transactions = readTransactions(sharedData);
  const replayed = replayTransactions(transactions, 80);
  const folds = new Map<number, Figures>();
  let speed: ScoringSpeed | undefined;
  for (const day of new Set(protocols.flatMap(({ trainDays }) => [...trainDays]))) {
    say(`training on day ${day}`);
    const trained = trainOnFold({ transactions, replayed, trainDay: day }, usualOptions);
    folds.set(day, testFold(transactions, trained));
    speed ??= measureScoring(trained);
  }
  console.log(accuracyTable(folds).join('\n'));
  if (speed) console.log(`\n${speedLines(speed, folds).join('\n')}`);
}

const percent = (value: number | undefined) => (value === undefined ? '' : value.toFixed(3).replace('0.', '.'));

function accuracyTable(folds: ReadonlyMap<number, Figures>): readonly string[] {
  const mean = (days: readonly number[], pick: (figures: Figures) => number) =>
    days.reduce((sum, day) => sum + pick(folds.get(day) ?? fail(day)), 0) / days.length;
  const rows = protocols.flatMap(({ name, trainDays, published, figures }) => [
    [`${name}: this model`, ...[areaUnderRoc, precision, cards].map((pick) => percent(mean(trainDays, pick)))],
    ...(published === undefined ? [] : [[`${name}: ${published}`, ...figures.map(percent)]]),
  ]);
  return table(['Protocol: model', 'AUC', 'AP', 'CP@100'], rows);
}

const areaUnderRoc = (figures: Figures) => figures.areaUnderRoc;
const precision = (figures: Figures) => figures.averagePrecision;
const cards = (figures: Figures) => figures.cardPrecision;

function fail(day: number): never {
  throw new Error(`Nobody trained on day ${day}`);
}

function speedLines(speed: ScoringSpeed, folds: ReadonlyMap<number, Figures>): readonly string[] {
  const { passes, loadingMilliseconds, warmUpMilliseconds, compressedBytes, trees } = speed;
  const seconds = [...folds.values()].map(({ trainingSeconds }) => trainingSeconds);
  const medians = passes.map((pass) => quantile(pass, 0.5));
  const tails = passes.map((pass) => quantile(pass, 0.99));
  const [middle, high] = [medians, tails].map((values) => quantile(values, 0.5).toFixed(1));
  return [
    `${measuredOn()}.`,
    `Features, score and reasons of a payment: p50 ${middle ?? ''} us, p99 ${high ?? ''} us (bar: 50), the medians of ${passes.length} passes; p99 of the worst ${Math.max(...tails).toFixed(1)} us.`,
    `The model: ${Math.round(compressedBytes / 1024)} KB compressed (bar: 200), loaded in ${loadingMilliseconds.toFixed(1)} ms (bar: 15), warmed up in ${warmUpMilliseconds.toFixed(0)} ms.`,
    `Training on a week (67,000 payments, ${trees} trees): ${Math.max(...seconds).toFixed(1)} s at most (bar: 10).`,
  ];
}
