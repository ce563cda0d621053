import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoCreatedPayments, dynamoExpiryWatermark } from '../../adapters/dynamodb/created-payments.ts';
import { dynamoPaymentsToLookAfter } from '../../adapters/dynamodb/look-after.ts';
import { noteExpiries } from '../../core/payments/note-expiries.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const { PAYMENTS_TABLE_NAME: tableName } = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  payments: dynamoPaymentsToLookAfter(client, tableName),
  created: dynamoCreatedPayments(client, tableName),
  watermark: dynamoExpiryWatermark(client, tableName),
};
/** Left for a stride to finish before the function's own time is over. */
const reserveMilliseconds = 60_000;

export const handler = taskHandler(z.unknown(), async (_event, context: Context) => {
  const isTimeLeft = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const noted = await noteExpiries(dependencies, new Date(), isTimeLeft);
  if (noted > 0) log.info('authorizations that run out were given a date', { noted });
  return { noted };
});
