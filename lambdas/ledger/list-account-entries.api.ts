import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoLedgerReader } from '../../adapters/dynamodb/ledger-reader.ts';
import { ledgerRoutes } from '../../contracts/ledger.ts';
import { listAccountEntries } from '../../core/ledger/list-account-entries.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentAccountEntry } from './present-ledger.ts';

const environment = z.object({ LEDGER_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const ledger = dynamoLedgerReader(createDynamoDBClient(), readEnvironment(environment).LEDGER_TABLE_NAME);

export const handler = apiHandler(ledgerRoutes.listAccountEntries, async ({ path, query, now }) => {
  const today = now.toISOString().slice(0, 10);
  const { from = today, to = today, ...rest } = query;
  const result = await listAccountEntries(ledger, { account: path.name, from, to, ...rest });
  switch (result.kind) {
    case 'cursorInvalid':
      throw new ProblemError('invalid_cursor', 'Use nextCursor of the page before, with the same filters.');
    case 'page':
      return { status: 200, body: { data: result.entries.map(presentAccountEntry), nextCursor: result.nextCursor } };
  }
});
