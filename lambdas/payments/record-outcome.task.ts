import * as z from 'zod';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoGiftCardStore } from '../../adapters/dynamodb/gift-card-store.ts';
import { dynamoOutcomeStore } from '../../adapters/dynamodb/review-store.ts';
import { outcome, scoredPayment, toMessage } from '../../core/payments/messages.ts';
import { recordOutcome } from '../../core/payments/record-outcome.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  REVIEWS_TABLE_NAME: z.string(),
  GIFT_CARDS_TABLE_NAME: z.string(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  payments: dynamoOutcomeStore(client, {
    paymentsTableName: settings.PAYMENTS_TABLE_NAME,
    reviewsTableName: settings.REVIEWS_TABLE_NAME,
  }),
  giftCards: {
    giftCards: dynamoGiftCardStore(client, settings.GIFT_CARDS_TABLE_NAME),
    backOff: backOffWithJitter,
  },
};

const input = z.object({ paymentId: z.string(), outcome, assessment: scoredPayment.optional() });

export const handler = taskHandler(input, async ({ paymentId, outcome: happened, assessment: scored }) =>
  toMessage(await recordOutcome(dependencies, paymentId, happened, scored, new Date())),
);
