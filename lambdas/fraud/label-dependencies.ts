import * as z from 'zod';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoLabelBook } from '../../adapters/dynamodb/label-book.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { dynamoProfileBook } from '../../adapters/dynamodb/profile-book.ts';
import type { RecordLabelDependencies } from '../../core/fraud/record-label.ts';

export const labelEnvironment = z.object({ FRAUD_TABLE_NAME: z.string(), PAYMENTS_TABLE_NAME: z.string() });

/** What keeping a label needs, whoever brings it. */
export function labelDependencies(settings: z.infer<typeof labelEnvironment>): RecordLabelDependencies {
  const client = createDynamoDBClient();
  return {
    labels: dynamoLabelBook(client, settings.FRAUD_TABLE_NAME),
    payments: dynamoPaymentStore(client, settings.PAYMENTS_TABLE_NAME),
    book: dynamoProfileBook(client, settings.FRAUD_TABLE_NAME),
    backOff: backOffWithJitter,
  };
}
