import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoListBook } from '../../adapters/dynamodb/list-book.ts';
import { fraudRoutes } from '../../contracts/fraud.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoListBook(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(fraudRoutes.deleteFraudListEntry, async ({ path }) => {
  await book.remove(path.id);
  return { status: 204 };
});
