import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { findPayment } from '../../adapters/dynamodb/payment-store.ts';
import { dynamoVelocityStore } from '../../adapters/dynamodb/velocity-store.ts';
import { event } from '../../contracts/events.ts';
import { cardKey } from '../../core/fraud/score-fraud.ts';
import { giftCardDeclineCodes } from '../../core/payments/tenders/gift-card-steps.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string(), PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const velocity = dynamoVelocityStore(client, settings.FRAUD_TABLE_NAME);

/** What scoring or a gift card refused says nothing new of the card. */
const refusedByUs: readonly (string | undefined)[] = ['blocked_by_risk', ...giftCardDeclineCodes];

/** Counts a decline by the card's issuer, in the hour in which it happened. The same event again counts nothing. */
export const handler = taskHandler(z.object({ detail: event }), async ({ detail }) => {
  if (refusedByUs.includes(detail.data.declineCode)) return;
  const payment = await findPayment(client, settings.PAYMENTS_TABLE_NAME, detail.object.id);
  if (!payment) throw new Error(`Event ${detail.id} names payment ${detail.object.id}, which does not exist`);
  if (!payment.tender) return;
  await velocity.countDecline(cardKey(payment.tender), payment.id, new Date(detail.time));
});
