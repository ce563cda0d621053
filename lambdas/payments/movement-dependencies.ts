import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoMovementStore } from '../../adapters/dynamodb/movement-store.ts';
import { configuredAcquirer } from './acquirer.ts';

/** What every function that moves a payment is configured with. */
export const movementEnvironment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  LOTS_TABLE_NAME: z.string(),
  ACQUIRER_URL: z.url(),
});

/** The store and the acquirer, made once per function. */
export function movementDependencies(settings: z.infer<typeof movementEnvironment>) {
  const tables = { paymentsTableName: settings.PAYMENTS_TABLE_NAME, lotsTableName: settings.LOTS_TABLE_NAME };
  return {
    store: dynamoMovementStore(createDynamoDBClient(), tables),
    acquirer: configuredAcquirer(settings.ACQUIRER_URL),
  };
}
