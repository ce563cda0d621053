import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import type { FraudModelComparison, FraudModels } from '../contracts/fraud-models.ts';
import { clientCredentials, createClient, QuittanceError } from '../packages/client/index.ts';
import { UsageError } from '../scripts/command-line.ts';

/** What changes models of a running stack, through its API. */
export const rolesCommands = ['models', 'challenge', 'compare', 'promote', 'roll-back'] as const;
export type RolesCommand = (typeof rolesCommands)[number];

export interface RolesOptions {
  readonly file?: string;
  readonly note?: string;
  readonly days: string;
  readonly force: boolean;
}

/** With fewer the two differ by chance; whoever knows better says so. */
const [leastPayments, leastFrauds] = [1000, 10];

/** Runs one of the commands, and answers the exit code: 1 when the API refuses. Throws a UsageError when something is missing. */
export async function changeModels(command: RolesCommand, options: RolesOptions): Promise<number> {
  const operator = connect();
  try {
    switch (command) {
      case 'models':
        return tell(await operator.getFraudModels());
      case 'challenge':
        return tell(await operator.createFraudModel(readNewModel(options)));
      case 'compare':
        printComparison(await operator.compareFraudModels(daysOf(options)));
        return 0;
      case 'promote':
        return await promote(operator, options);
      case 'roll-back':
        return tell(await operator.rollBackFraudModel((await operator.getFraudModels()).champion));
    }
  } catch (error) {
    // What the API or the network says is no matter of how the command is called.
    console.error(describe(error));
    return 1;
  }
}

function describe(error: unknown): string {
  if (error instanceof UsageError) throw error;
  if (error instanceof QuittanceError) {
    const wrong = (error.problem?.errors ?? []).map(({ path, message }) => `${path} ${message}`);
    return [`The API refuses: ${error.message}`, ...wrong].join('\n  ');
  }
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return `The API could not be asked: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`;
}

type Operator = ReturnType<typeof connect>;

function connect() {
  const { QUITTANCE_URL: url = 'http://127.0.0.1:8787', QUITTANCE_CLIENT: client } = process.env;
  const { QUITTANCE_TOKEN_URL: tokenUrl = `${url}/oauth2/token` } = process.env;
  const [, clientId, clientSecret] = /^([^:]+):(.+)$/u.exec(client ?? '') ?? [];
  if (clientId === undefined || clientSecret === undefined) {
    throw new UsageError(
      'QUITTANCE_CLIENT has to be the id and the secret of a client for operations, with a colon between.',
    );
  }
  return createClient({ apiUrl: url, accessToken: clientCredentials({ tokenUrl, clientId, clientSecret }) });
}

function daysOf({ days }: RolesOptions): number {
  if (!/^\d{1,2}$/u.test(days)) throw new UsageError('--days has to be a number of days, such as 7.');
  return Number(days);
}

function readNewModel({ file, note }: RolesOptions) {
  if (file === undefined || !existsSync(file)) throw new UsageError('--file has to name a file that train wrote.');
  if (note === undefined) throw new UsageError('--note is missing: where the model comes from, for colleagues.');
  try {
    return { note, file: z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    throw new UsageError(`${file} is not the JSON of a model.`);
  }
}

async function promote(operator: Operator, options: RolesOptions): Promise<number> {
  const comparison = await operator.compareFraudModels(daysOf(options));
  printComparison(comparison);
  const { payments, challenger } = comparison;
  if (!options.force && (payments < leastPayments || challenger.quality.frauds < leastFrauds)) {
    console.error(
      `Not promoted: ${leastPayments} payments and ${leastFrauds} known frauds are needed to tell them apart, ` +
        `there are ${payments} and ${challenger.quality.frauds}. --force promotes nevertheless.`,
    );
    return 1;
  }
  return tell(await operator.promoteFraudModel(challenger.model));
}

function tell({ champion, challenger, previous, models }: FraudModels): number {
  const noteOf = (model: string) =>
    model === 'shipped'
      ? 'came with the release'
      : (models.find(({ id }) => id === model)?.note ?? 'its file cannot be read');
  for (const [role, model] of Object.entries({ champion, challenger, previous })) {
    console.log(`${role.padEnd(12)}${model === undefined ? 'none' : `${model} (${noteOf(model)})`}`);
  }
  return 0;
}

/** Two columns: a line for each figure. */
function printComparison({ champion, challenger, ...all }: FraudModelComparison): void {
  const share = (value: number | undefined) => value?.toFixed(4) ?? '-';
  console.log(
    `${all.payments} payments that both scored, ${all.from} to ${all.until}; ${all.decidedOtherwise} decided otherwise`,
  );
  const lines: readonly (readonly [string, (of: typeof champion) => string])[] = [
    ['', ({ model }) => model],
    ['approve', ({ decisions }) => String(decisions.approve)],
    ['review', ({ decisions }) => String(decisions.review)],
    ['decline', ({ decisions }) => String(decisions.decline)],
    ['payments known so far', ({ quality }) => String(quality.payments)],
    ['frauds among them', ({ quality }) => String(quality.frauds)],
    ['frauds expected', ({ quality }) => quality.expectedFrauds.toFixed(1)],
    ['precision', ({ quality }) => share(quality.precision)],
    ['recall', ({ quality }) => share(quality.recall)],
    ['AUC', ({ areaUnderRoc }) => share(areaUnderRoc)],
    ['average precision', ({ averagePrecision }) => share(averagePrecision)],
  ];
  const line = (name: string, ...values: readonly string[]) =>
    console.log(`${name.padEnd(24)}${values.map((value) => value.padStart(22)).join('')}`);
  console.log(
    'What the champion declines nobody pays, and nobody says what it was: precision and recall favour the challenger. AUC and',
  );
  console.log('average precision are of the payments that neither would decline.');
  line('', 'champion', 'challenger');
  for (const [name, value] of lines) line(name, value(champion), value(challenger));
}
