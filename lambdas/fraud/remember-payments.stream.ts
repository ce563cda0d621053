import * as z from 'zod';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { toPayment } from '../../adapters/dynamodb/payment-item.ts';
import { dynamoProfileBook } from '../../adapters/dynamodb/profile-book.ts';
import { rememberAll, rememberedPayment } from '../../core/fraud/remember.ts';
import { authorizationOrderOf } from '../../core/payments/new-payment.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';
import { streamEvent } from '../payments/stream-event.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const dependencies = {
  book: dynamoProfileBook(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME),
  backOff: backOffWithJitter,
};

/** Tells the profiles of all who took part of each new payment; a batch that comes again changes nothing. */
export const handler = taskHandler(streamEvent, async ({ Records: records }) => {
  const payments = records.flatMap(({ dynamodb: { NewImage: item } }) => readable(item));
  await rememberAll(dependencies, payments);
  return { batchItemFailures: [] };
});

/** A payment that cannot be read says nothing of anybody, and holds up no other. */
function readable(item: Parameters<typeof toPayment>[0]) {
  try {
    const { context, ...payment } = toPayment(item);
    if (!context) return [];
    return [rememberedPayment(authorizationOrderOf(payment, context), new Date(payment.createdAt))];
  } catch (error) {
    log.error('payment not readable', { paymentId: item['pk']?.S, reason: String(error) });
    return [];
  }
}
