import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoTokenStore } from '../../adapters/dynamodb/token-store.ts';
import { tokenRoutes } from '../../contracts/tokens.ts';
import { getToken } from '../../core/tokens/get-token.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { presentToken } from './present-token.ts';
import { tokenNotFound } from './refusals.ts';

const environment = z.object({ TOKENS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const tokens = dynamoTokenStore(createDynamoDBClient(), readEnvironment(environment).TOKENS_TABLE_NAME);

export const handler = apiHandler(tokenRoutes.getToken, async ({ principal, path }) => {
  const got = await getToken({ tokens }, { tokenId: path.id, principal });
  if (got.kind === 'notFound') throw tokenNotFound();
  return { status: 200, body: presentToken(got.token) };
});
