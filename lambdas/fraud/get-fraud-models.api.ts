import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoModelBook } from '../../adapters/dynamodb/model-book.ts';
import { fraudModelRoutes } from '../../contracts/fraud-models.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { presentRoles } from './present-roles.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoModelBook(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(fraudModelRoutes.getFraudModels, async () => ({
  status: 200,
  body: await presentRoles(book, await book.roles()),
}));
