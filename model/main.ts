/**
 * `npm run model`: trains the fraud model on labelled payments, or on our own, or says how well one that was trained on a week
 * tells the payments of another. Progress goes to standard error.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { featureSchemaHash } from '../core/fraud/features/features.ts';
import type { Forest } from '../core/fraud/model/forest.ts';
import { parseModelFile, toModelFile } from '../core/fraud/model/fraud-model.ts';
import { parseCommandLine, runCommand, UsageError } from '../scripts/command-line.ts';
import { say } from '../scripts/say.ts';
import type { FoundItems } from '../scripts/verify-ledger/read-data-folder.ts';
import { readDataFolder } from '../scripts/verify-ledger/read-data-folder.ts';
import { readExport } from '../scripts/verify-ledger/read-export.ts';
import { describeKept, keptPayments, splitByTime } from './evaluation/kept-payments.ts';
import { areaUnderRoc, averagePrecision } from '../core/fraud/monitoring/ranking.ts';
import type { FoldOfData } from './evaluation/protocol.ts';
import { marginsOf, testFold, trainOnFold } from './evaluation/protocol.ts';
import { readTransactions, replayTransactions } from './evaluation/read-transactions.ts';
import { trainOnSimulation } from './evaluation/evaluate-simulation.ts';
import { simulate } from './simulator/simulate.ts';
import { changeModels, rolesCommands } from './roles-commands.ts';
import { calibrate } from './training/calibrate.ts';
import type { Examples } from './training/train-forest.ts';
import { trainForest, usualOptions } from './training/train-forest.ts';

/** Attacks are many, or three weeks would show too few of the rare kinds to learn from. */
const market = { customers: 4000, sellers: 250, days: 56, attackRate: 4 };
const marketDays = { training: { from: 21, to: 42 }, heldOut: { from: 49, to: 56 }, test: { from: 56, to: 56 } };

/**
 * Our market has many more attacks than the world, so that there is something to learn from; there, a payment in some two hundred is
 * fraud.
 */
const fraudRateAmongBuyers = 0.005;

const shippedModel = fileURLToPath(new URL('shipped-model.json', import.meta.url));

const usage = `Usage: npm run model -- evaluate --data FILE --train-day D [--json]
       npm run model -- train --data FILE --train-day D --out FILE
       npm run model -- train --simulation SEED --out FILE
       npm run model -- train --from-table [--mature-days N] --out FILE [<exported tables>]
Trains on days D to D+6 of FILE (its format: the README of the shared data), waits seven days, and tests, or calibrates, on the seven
after them. Days count from the file's day 0. --simulation makes its own market by a seed; so is model/shipped-model.json made.
--from-table learns from our own payments, of the data folder QUITTANCE_DATA_DIR (.quittance) or of exports of the payments' and the fraud
table (DynamoDB export to S3), as they were scored: fraud is what became known as such, genuine what nobody complained of in N days (30).
The newest quarter is held out, for calibration and to compare with the shipped model.

       npm run model -- models | compare [--days 7] | promote [--days 7] [--force] | roll-back
       npm run model -- challenge --file FILE --note TEXT
Which models of a running stack score: a new one becomes challenger, whose words are only written down, beside the champion's. promote prints
how both did and lets the challenger decide; roll-back takes that back. QUITTANCE_URL (http://127.0.0.1:8787) is the API, QUITTANCE_CLIENT
the id and the secret of a client for operations, with a colon between, QUITTANCE_TOKEN_URL where it gets its tokens (/oauth2/token there).`;

interface Options {
  readonly data: string;
  readonly trainDay: number;
  readonly out: string | undefined;
  readonly json: boolean;
}

await runCommand(usage, async () => {
  const { positionals, values } = parseCommandLine({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      'train-day': { type: 'string' },
      out: { type: 'string' },
      simulation: { type: 'string' },
      'from-table': { type: 'boolean', default: false },
      'mature-days': { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      file: { type: 'string' },
      note: { type: 'string' },
      days: { type: 'string', default: '7' },
      force: { type: 'boolean', default: false },
    },
  });
  const { data, 'train-day': day, out, json, simulation } = values;
  const command = rolesCommands.find((each) => each === positionals.join(' '));
  if (command) return changeModels(command, values);
  if (!['train', 'evaluate'].includes(positionals[0] ?? ''))
    throw new UsageError(`There is no command "${positionals.join(' ')}".`);
  if (values['from-table']) return trainOnTable(positionals, values['mature-days'], out);
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

/** Of our own payments: the newest quarter is held out, and the shipped model stands beside the new one. */
function trainOnTable([command, ...paths]: readonly string[], matureDays: string, out: string | undefined): number {
  if (command !== 'train') throw new UsageError('--from-table is for training.');
  if (!/^\d{1,3}$/u.test(matureDays)) throw new UsageError('--mature-days has to be a number of days, such as 30.');
  say('reading tables');
  const kept = keptPayments(readTables(paths), { asOf: new Date(), matureDays: Number(matureDays) });
  for (const line of describeKept(kept)) console.log(line);
  const parts = splitByTime(kept.payments);
  if (parts.kind === 'tooFew') throw new UsageError(parts.reason);
  const forest = trainForest(parts.training, usualOptions, tellProgress);
  const shipped = parseModelFile(readFileSync(shippedModel, 'utf8'), featureSchemaHash);
  for (const [name, each] of [['shipped', shipped.forest] as const, ['new', forest] as const]) {
    const scored = { scores: marginsOf(each, parts.heldOut), labels: parts.heldOut.labels };
    const [auc, ap] = [areaUnderRoc(scored), averagePrecision(scored)];
    console.log(`${name} model on the payments held out: AUC ${auc.toFixed(4)}, AP ${ap.toFixed(4)}`);
  }
  return write(out, forest, parts.heldOut, undefined);
}

function readTables(paths: readonly string[]): FoundItems['items'] {
  try {
    if (paths.length > 0) return readExport(paths).items;
    return readDataFolder(process.env['QUITTANCE_DATA_DIR'] ?? '.quittance', ['PaymentsTable', 'FraudTable']).items;
  } catch (error) {
    throw new UsageError(`Nothing could be read: ${error instanceof Error ? error.message : String(error)}`);
  }
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
