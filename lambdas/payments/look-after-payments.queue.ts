import * as z from 'zod';
import { createDynamoDBClient, createDynamoDBStreamsClient } from '../../adapters/dynamodb/client.ts';
import { dynamoPaymentsToLookAfter } from '../../adapters/dynamodb/look-after.ts';
import { isPaymentItem } from '../../adapters/dynamodb/payment-item.ts';
import { dynamoStreamReader } from '../../adapters/dynamodb/stream-reader.ts';
import { begunPayments } from '../../adapters/sqs/begun-payments.ts';
import { failure, toPlace } from '../../adapters/sqs/unpublished-batches.ts';
import { lookAfterPayments } from '../../core/payments/look-after.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const payments = dynamoPaymentsToLookAfter(createDynamoDBClient(), readEnvironment(environment).PAYMENTS_TABLE_NAME);
const reader = dynamoStreamReader(createDynamoDBStreamsClient());

/** Payments by their ids; or, when the watch itself failed, where in the stream they are. */
const message = z.union([begunPayments, failure]);
const queueEvent = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** Gives payments that were left behind a date. A message that fails comes again; the others are done. */
export const handler = taskHandler(queueEvent, async ({ Records: records }) => {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of records) {
    try {
      const left = await lookAfterPayments(payments, await idsOf(message.parse(JSON.parse(body))), new Date());
      if (left.length > 0) log.info('payments were left behind', { paymentIds: left });
    } catch (error) {
      log.error('payments were not looked after', { messageId, error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
});

async function idsOf(told: z.infer<typeof message>): Promise<readonly string[]> {
  if ('paymentIds' in told) return told.paymentIds;
  const found = await reader.at(toPlace(told));
  if (found === 'trimmed') throw new Error('The stream has forgotten which payments these were');
  return found.flatMap(({ item }) => (isPaymentItem(item) ? (item['pk']?.S ?? []) : [])).slice(0, mostIds);
}

/** A batch of the stream holds no more, and no more are read at once. */
const mostIds = 100;
