import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { assessment, outcome, toMessage } from '../../core/payments/messages.ts';
import { recordOutcome } from '../../core/payments/record-outcome.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const payments = dynamoPaymentStore(createDynamoDBClient(), readEnvironment(environment).PAYMENTS_TABLE_NAME);

const input = z.object({ paymentId: z.string(), outcome, assessment: assessment.optional() });

export const handler = taskHandler(input, async ({ paymentId, outcome: happened, assessment: assessed }) =>
  toMessage(await recordOutcome(payments, paymentId, happened, assessed, new Date())),
);
