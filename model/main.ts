/**
 * `npm run model -- train | evaluate`: trains the fraud model on labelled payments, or says how well one that was trained on a week
 * tells the payments of another. Progress goes to standard error.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { featureSchemaHash } from '../core/fraud/features/features.ts';
import type { Forest } from '../core/fraud/model/forest.ts';
import { toModelFile } from '../core/fraud/model/fraud-model.ts';
import { parseCommandLine, runCommand, UsageError } from '../scripts/command-line.ts';
import { say } from '../scripts/say.ts';
import type { FoldOfData } from './evaluation/protocol.ts';
import { marginsOf, testFold, trainOnFold } from './evaluation/protocol.ts';
import { readTransactions, replayTransactions } from './evaluation/read-transactions.ts';
import { trainOnSimulation } from './evaluation/evaluate-simulation.ts';
import { simulate } from './simulator/simulate.ts';
import { calibrate } from './training/calibrate.ts';
import type { Examples } from './training/train-forest.ts';
import { usualOptions } from './training/train-forest.ts';

/** Attacks are many, or three weeks would show too few of the rare kinds to learn from. */
const market = { customers: 4000, sellers: 250, days: 56, attackRate: 4 };
const marketDays = { training: { from: 21, to: 42 }, heldOut: { from: 49, to: 56 }, test: { from: 56, to: 56 } };

/**
 * Our market has many more attacks than the world, so that there is something to learn from; there, a payment in some two hundred is
 * fraud.
 */
const fraudRateAmongBuyers = 0.005;

const usage = `Usage: npm run model -- evaluate --data FILE --train-day D [--json]
       npm run model -- train --data FILE --train-day D --out FILE
       npm run model -- train --simulation SEED --out FILE
Trains on days D to D+6 of FILE (its format: the README of the shared data), waits seven days, and tests, or calibrates, on the seven
after them. Days count from the file's day 0. --simulation makes its own market by a seed; so is model/shipped-model.json made.`;

interface Options {
  readonly data: string;
  readonly trainDay: number;
  readonly out: string | undefined;
  readonly json: boolean;
}

await runCommand(usage, () => {
  const { positionals, values } = parseCommandLine({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      'train-day': { type: 'string' },
      out: { type: 'string' },
      simulation: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { data, 'train-day': day, out, json, simulation } = values;
  if (simulation !== undefined && positionals.join(' ') === 'train') return trainShipped(simulation, out);
  if (data === undefined) throw new UsageError('--data is missing.');
  if (!existsSync(data)) throw new UsageError(`There is no file ${data}.`);
  if (!/^\d{1,4}$/u.test(day ?? '')) throw new UsageError('--train-day has to be a day of the file, such as 115.');
  const options = { data, trainDay: Number(day), out, json };
  switch (positionals.join(' ')) {
    case 'evaluate':
      return evaluate(options);
    case 'train':
      return train(options);
    default:
      throw new UsageError('Say whether to train or to evaluate.');
  }
});

/** The fold's payments with their vectors. Throws a UsageError when the file does not reach that far. */
function prepare({ data, trainDay }: Options): FoldOfData {
  say('reading and replaying');
  const transactions = readTransactions(data);
  const lastDay = Math.floor(transactions.times.at(-1) ?? 0);
  if (trainDay + 20 > lastDay)
    throw new UsageError(`The file ends with day ${lastDay}: train on day ${lastDay - 20} at the latest.`);
  return { transactions, replayed: replayTransactions(transactions, trainDay), trainDay };
}

function evaluate(options: Options): number {
  const data = prepare(options);
  const figures = testFold(data.transactions, trainOnFold(data, usualOptions, tellProgress));
  if (options.json) console.log(JSON.stringify({ trainDay: options.trainDay, ...figures }));
  else {
    const { areaUnderRoc, averagePrecision, cardPrecision, trainingPayments, testPayments, trainingSeconds } = figures;
    console.log(
      `AUC ${areaUnderRoc.toFixed(4)}, AP ${averagePrecision.toFixed(4)}, CP@100 ${cardPrecision.toFixed(4)}`,
    );
    console.log(
      `trained on ${trainingPayments} payments in ${trainingSeconds.toFixed(1)} s, tested on ${testPayments}`,
    );
  }
  return 0;
}

function train(options: Options): number {
  const { forest, testExamples } = trainOnFold(prepare(options), usualOptions, tellProgress);
  return write(options.out, forest, testExamples, undefined);
}

/** Of a market of our own: three weeks for training, one a week later for calibration. */
function trainShipped(seed: string, out: string | undefined): number {
  if (!/^\d{1,9}$/u.test(seed)) throw new UsageError('--simulation has to be a seed, such as 1.');
  say('simulating and replaying');
  const payments = simulate({ ...market, seed: Number(seed) });
  const { forest, heldOut } = trainOnSimulation(payments, marketDays, tellProgress);
  return write(out, forest, heldOut, fraudRateAmongBuyers);
}

function write(out: string | undefined, forest: Forest, heldOut: Examples, fraudRate: number | undefined): number {
  if (out === undefined) throw new UsageError('--out is missing: where the model is written to.');
  const calibration = calibrate(marginsOf(forest, heldOut), heldOut.labels, fraudRate);
  writeFileSync(out, `${toModelFile({ schemaHash: featureSchemaHash, forest, calibration })}\n`);
  console.log(`${out}: ${forest.treeCount} trees, calibrated on ${heldOut.labels.length} payments held out`);
  return 0;
}

function tellProgress(treesDone: number): void {
  if (treesDone % 20 === 0) say(`${treesDone} of ${usualOptions.trees} trees`);
}
