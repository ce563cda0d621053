import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoTokenRemover } from '../../adapters/dynamodb/token-store.ts';
import { tokenRoutes } from '../../contracts/tokens.ts';
import { deleteToken } from '../../core/tokens/delete-token.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { tokenNotFound } from './refusals.ts';

const environment = z.object({ TOKENS_TABLE_NAME: z.string(), CVC_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const tokens = dynamoTokenRemover(createDynamoDBClient(), {
  tokensTableName: settings.TOKENS_TABLE_NAME,
  cvcTableName: settings.CVC_TABLE_NAME,
});

export const handler = apiHandler(tokenRoutes.deleteToken, async ({ principal, path }) => {
  const deleted = await deleteToken({ tokens }, { tokenId: path.id, principal });
  if (deleted.kind === 'notFound') throw tokenNotFound();
  return { status: 204 };
});
