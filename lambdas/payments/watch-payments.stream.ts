import * as z from 'zod';
import { sqsBegunPayments } from '../../adapters/sqs/begun-payments.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';
import { streamEvent } from './stream-event.ts';

const environment = z.object({ BEGUN_PAYMENTS_QUEUE_URL: z.url() });
export type Environment = z.input<typeof environment>;

const begun = sqsBegunPayments(readEnvironment(environment).BEGUN_PAYMENTS_QUEUE_URL);

/**
 * Notes payments that were opened, and those that had a movement begun, so that somebody sees a minute later whether
 * they came to an end. A payment pays for no index entry for it, and cannot be begun without being seen here.
 */
export const handler = taskHandler(streamEvent, async ({ Records: records }) => {
  const paymentIds = new Set(records.flatMap(({ dynamodb }) => dynamodb.NewImage['pk']?.S ?? []));
  if (paymentIds.size > 0) await begun.put([...paymentIds]);
});
