import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoVelocityStore } from '../../adapters/dynamodb/velocity-store.ts';
import { defaultLimits, rulesScorer } from '../../core/fraud/rules.ts';
import { scoreFraud } from '../../core/fraud/score-fraud.ts';
import { authorizationOrder } from '../../core/payments/messages.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({
  FRAUD_TABLE_NAME: z.string(),
  AMOUNT_LIMIT_MAJOR_UNITS: z.coerce.number().int().positive(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  velocity: dynamoVelocityStore(createDynamoDBClient(), settings.FRAUD_TABLE_NAME),
  scorer: rulesScorer({ ...defaultLimits, amountMajorUnits: settings.AMOUNT_LIMIT_MAJOR_UNITS }),
};

export const handler = taskHandler(authorizationOrder, (order) => scoreFraud(dependencies, order, new Date()));
