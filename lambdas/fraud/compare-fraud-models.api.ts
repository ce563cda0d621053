import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoModelBook } from '../../adapters/dynamodb/model-book.ts';
import { dynamoMonitorSource } from '../../adapters/dynamodb/monitor-source.ts';
import type { FraudModelComparison } from '../../contracts/fraud-models.ts';
import { fraudModelRoutes } from '../../contracts/fraud-models.ts';
import { compareModels } from '../../core/fraud/serving/compare-models.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string(), PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const { FRAUD_TABLE_NAME: fraudTableName, PAYMENTS_TABLE_NAME: paymentsTableName } = readEnvironment(environment);
const client = createDynamoDBClient();
const book = dynamoModelBook(client, fraudTableName);
const source = dynamoMonitorSource(client, { fraudTableName, paymentsTableName });

/** A sample of so many tells the same as all of them. */
const mostPayments = 5000;
const dayMilliseconds = 86_400_000;

export const handler = apiHandler(fraudModelRoutes.compareFraudModels, async ({ query, now }) => {
  const roles = await book.roles();
  if (roles.challenger === undefined) throw new ProblemError('no_challenger', 'Put a model in first.');
  const window = { from: new Date(now.getTime() - query.days * dayMilliseconds), until: now };
  const payments = await source.sample(window.from, window.until, mostPayments);
  const body: FraudModelComparison = {
    object: 'fraud_model_comparison',
    ...compareModels(payments, { ...roles, challenger: roles.challenger }, window),
  };
  return { status: 200, body };
});
