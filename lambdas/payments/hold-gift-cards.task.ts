import * as z from 'zod';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoGiftCardStore } from '../../adapters/dynamodb/gift-card-store.ts';
import { authorizationOrder } from '../../core/payments/messages.ts';
import { holdGiftCards } from '../../core/payments/tenders/gift-card-steps.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ GIFT_CARDS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const dependencies = {
  giftCards: dynamoGiftCardStore(createDynamoDBClient(), readEnvironment(environment).GIFT_CARDS_TABLE_NAME),
  backOff: backOffWithJitter,
};

export const handler = taskHandler(authorizationOrder, ({ giftCards = [], ...order }) =>
  holdGiftCards(dependencies, { ...order, giftCards }, new Date()),
);
