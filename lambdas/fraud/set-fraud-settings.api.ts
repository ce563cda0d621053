import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoFraudSettings } from '../../adapters/dynamodb/fraud-settings.ts';
import { fraudRoutes } from '../../contracts/fraud.ts';
import { setSettings } from '../../core/fraud/set-settings.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentSettings } from './present-settings.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoFraudSettings(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(fraudRoutes.setFraudSettings, async ({ principal, body, now }) => {
  const { version, ...settings } = body;
  const result = await setSettings(book, { settings, version, by: principal.id }, now);
  if (result.kind === 'changed') {
    throw new ProblemError('fraud_settings_changed', 'Somebody else has set them; read them again first.');
  }
  return { status: 200, body: presentSettings(result.kept) };
});
