import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoTransitionLog } from '../../adapters/dynamodb/transition-log.ts';
import { eventBridgePublisher } from '../../adapters/events/event-publisher.ts';
import { sqsUnpublishedBatches } from '../../adapters/sqs/unpublished-batches.ts';
import { sweepEvents } from '../../core/payments/sweep-events.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  EVENT_BUS_NAME: z.string(),
  UNPUBLISHED_QUEUE_URL: z.url(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  batches: sqsUnpublishedBatches(settings.UNPUBLISHED_QUEUE_URL),
  transitions: dynamoTransitionLog(createDynamoDBClient(), settings.PAYMENTS_TABLE_NAME),
  publisher: eventBridgePublisher(settings.EVENT_BUS_NAME),
};
/** Left for the last batch to finish before the function's own time is over. */
const reserveMilliseconds = 10_000;

export const handler = taskHandler(z.unknown(), async (_event, context: Context) => {
  const isTimeLeft = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const { published, failed } = await sweepEvents(dependencies, isTimeLeft);
  if (published > 0) log.info('events published again', { published });
  for (const { from, to, error } of failed) log.error('events not published', { from, to, error });
  // Word of them stays in the queue and comes back; failing rings the alarm.
  if (failed.length > 0) throw new EventsNotPublished(`${failed.length} stretches of time`);
  return { published };
});

class EventsNotPublished extends Error {
  override readonly name = 'EventsNotPublished';
}
