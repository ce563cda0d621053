import { randomUUID } from 'node:crypto';
import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';

/**
 * Writes all items or none. In: up to 100 items. All tries carry one request token, so that a try whose answer got
 * lost does not make the next one run into the items' own conditions. Conflicts are the client's to outlast. Throws
 * TransactionCanceledException (see `cancellationReasons`).
 */
export async function transactWrite(client: DynamoDBClient, items: TransactWriteItem[]): Promise<void> {
  await client.send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: randomUUID() }));
}
