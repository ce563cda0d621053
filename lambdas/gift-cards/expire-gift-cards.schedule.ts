import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoExpiryQueue } from '../../adapters/dynamodb/expiry-queue.ts';
import { dynamoGiftCardStore } from '../../adapters/dynamodb/gift-card-store.ts';
import { expireGiftCards } from '../../core/gift-cards/expire-gift-cards.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ GIFT_CARDS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  queue: dynamoExpiryQueue(client, settings.GIFT_CARDS_TABLE_NAME),
  giftCards: dynamoGiftCardStore(client, settings.GIFT_CARDS_TABLE_NAME),
};
/** Left for the last card to finish before the function's own time is over. */
const reserveMilliseconds = 10_000;

export const handler = taskHandler(z.unknown(), async (_event, context: Context) => {
  const isTimeLeft = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const expired = await expireGiftCards(dependencies, new Date(), isTimeLeft);
  if (expired > 0) log.info('gift cards expired', { expired });
  return { expired };
});
