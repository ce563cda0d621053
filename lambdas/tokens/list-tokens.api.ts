import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoTokenStore } from '../../adapters/dynamodb/token-store.ts';
import { tokenRoutes } from '../../contracts/tokens.ts';
import { listTokens } from '../../core/tokens/list-tokens.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentToken } from './present-token.ts';

const environment = z.object({ TOKENS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const tokens = dynamoTokenStore(createDynamoDBClient(), readEnvironment(environment).TOKENS_TABLE_NAME);

export const handler = apiHandler(tokenRoutes.listTokens, async ({ principal, query }) => {
  const listed = await listTokens({ tokens }, { principal, ...query });
  switch (listed.kind) {
    case 'invalidCursor':
      throw new ProblemError('invalid_cursor', 'Use nextCursor of the page before.');
    case 'listed':
      return { status: 200, body: { data: listed.tokens.map(presentToken), nextCursor: listed.nextCursor } };
  }
});
