import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoGiftCardTransitionLog } from '../../adapters/dynamodb/gift-card-transition-log.ts';
import { giftCardPublisher } from '../../adapters/events/gift-card-publisher.ts';
import { sqsUnpublishedBatches } from '../../adapters/sqs/unpublished-batches.ts';
import { sweepGiftCardEvents } from '../../core/gift-cards/sweep-gift-card-events.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({
  GIFT_CARDS_TABLE_NAME: z.string(),
  EVENT_BUS_NAME: z.string(),
  UNPUBLISHED_QUEUE_URL: z.url(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  batches: sqsUnpublishedBatches(settings.UNPUBLISHED_QUEUE_URL),
  transitions: dynamoGiftCardTransitionLog(createDynamoDBClient(), settings.GIFT_CARDS_TABLE_NAME),
  publisher: giftCardPublisher(settings.EVENT_BUS_NAME),
};
/** Left for the last batch to finish before the function's own time is over. */
const reserveMilliseconds = 10_000;

export const handler = taskHandler(z.unknown(), async (_event, context: Context) => {
  const isTimeLeft = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const published = await sweepGiftCardEvents(dependencies, isTimeLeft);
  if (published > 0) log.info('events of gift cards published again', { published });
  return { published };
});
