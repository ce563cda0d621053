import * as z from 'zod';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoBurstCounter } from '../../adapters/dynamodb/fraud-memory.ts';
import { findPayment, findTransition } from '../../adapters/dynamodb/payment-store.ts';
import { dynamoProfileBook } from '../../adapters/dynamodb/profile-book.ts';
import { event } from '../../contracts/events.ts';
import { rememberDecline } from '../../core/fraud/remember.ts';
import { authorizationOrderOf } from '../../core/payments/new-payment.ts';
import { giftCardDeclineCodes } from '../../core/payments/tenders/gift-card-steps.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string(), PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  memory: dynamoBurstCounter(client, settings.FRAUD_TABLE_NAME),
  book: dynamoProfileBook(client, settings.FRAUD_TABLE_NAME),
  backOff: backOffWithJitter,
};

/** What scoring or a gift card refused says nothing new of the card. */
const refusedByUs: readonly (string | undefined)[] = ['blocked_by_risk', ...giftCardDeclineCodes];

/** Counts a decline by the card's issuer, at the time at which it happened. The same event again counts nothing. */
export const handler = taskHandler(z.object({ detail: event }), async ({ detail }) => {
  if (refusedByUs.includes(detail.data.declineCode)) return;
  const { id, version } = detail.object;
  const [payment, transition] = await Promise.all([
    findPayment(client, settings.PAYMENTS_TABLE_NAME, id),
    findTransition(client, settings.PAYMENTS_TABLE_NAME, id, version),
  ]);
  if (!payment || !transition) throw new Error(`Event ${detail.id} names payment ${id}, which does not exist`);
  const context = payment.context ?? transition.context;
  if (!payment.tender || !context) return;
  await rememberDecline(dependencies, authorizationOrderOf(payment, context), new Date(detail.time));
});
