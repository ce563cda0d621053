import * as z from 'zod';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoGiftCardStore } from '../../adapters/dynamodb/gift-card-store.ts';
import { dynamoMovementStore } from '../../adapters/dynamodb/movement-store.ts';
import { configuredAcquirer } from './acquirer.ts';

/** What every function that moves a payment is configured with. */
export const movementEnvironment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  LOTS_TABLE_NAME: z.string(),
  GIFT_CARDS_TABLE_NAME: z.string(),
  /** For how many days a gift card is valid at least after a refund. */
  GIFT_CARD_REVIVAL_DAYS: z.coerce.number<string>().int().positive(),
  ACQUIRER_URL: z.url(),
});

/** The stores and the acquirer, made once per function. */
export function movementDependencies(settings: z.infer<typeof movementEnvironment>) {
  const tables = { paymentsTableName: settings.PAYMENTS_TABLE_NAME, lotsTableName: settings.LOTS_TABLE_NAME };
  const client = createDynamoDBClient();
  return {
    store: dynamoMovementStore(client, tables),
    acquirer: configuredAcquirer(settings.ACQUIRER_URL),
    giftCards: {
      giftCards: dynamoGiftCardStore(client, settings.GIFT_CARDS_TABLE_NAME),
      backOff: backOffWithJitter,
      revivalDays: settings.GIFT_CARD_REVIVAL_DAYS,
    },
  };
}
