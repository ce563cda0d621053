import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoLedgerReader } from '../../adapters/dynamodb/ledger-reader.ts';
import { ledgerRoutes } from '../../contracts/ledger.ts';
import type { AsOf } from '../../core/ledger/read-trial-balance.ts';
import { readTrialBalance } from '../../core/ledger/read-trial-balance.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentTrialBalance } from './present-ledger.ts';

const environment = z.object({ LEDGER_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const ledger = dynamoLedgerReader(createDynamoDBClient(), readEnvironment(environment).LEDGER_TABLE_NAME);

export const handler = apiHandler(ledgerRoutes.getTrialBalance, async ({ query }) => {
  const result = await readTrialBalance(ledger, toAsOf(query.asOf));
  switch (result.kind) {
    case 'tooManyEntries':
      throw new ProblemError(
        'as_of_too_fine',
        `That day has ${result.segments} segments, and ${result.most} are counted at most: ask for the end of a day.`,
      );
    case 'balance':
      return { status: 200, body: presentTrialBalance(query.asOf, result.balance) };
  }
});

function toAsOf(asOf: string | undefined): AsOf {
  if (asOf === undefined) return { kind: 'everything' };
  return asOf.includes('T') ? { kind: 'time', time: new Date(asOf).toISOString() } : { kind: 'day', day: asOf };
}
