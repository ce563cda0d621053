import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoFraudSettings } from '../../adapters/dynamodb/fraud-settings.ts';
import { fraudRoutes } from '../../contracts/fraud.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { presentSettings } from './present-settings.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoFraudSettings(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(fraudRoutes.getFraudSettings, async () => ({
  status: 200,
  body: presentSettings(await book.read()),
}));
