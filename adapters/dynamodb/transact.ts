import { randomUUID } from 'node:crypto';
import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { isPassingCancellation, isTransactionConflict } from './errors.ts';

/** Conflicts end within the other's few milliseconds; decorrelated jitter keeps a crowd from coming back at once. */
const retryWhatPasses = retry(
  handleWhen((error) => isPassingCancellation(error) || isTransactionConflict(error)),
  { maxAttempts: 5, backoff: new ExponentialBackoff({ initialDelay: 15, maxDelay: 400 }) },
);

/**
 * The one layer that tries again after conflicts with a transaction and throttling of one; the SDK leaves both alone.
 * For single writes to items that transactions write as well.
 */
export function outlastConflicts<T>(write: () => Promise<T>): Promise<T> {
  return retryWhatPasses.execute(write);
}

/**
 * Writes all items or none. In: up to 100 items. All tries carry one request token, so that a try whose answer got
 * lost does not make the next one run into the items' own conditions. Throws TransactionCanceledException (see
 * `cancellationReasons`).
 */
export async function transactWrite(client: DynamoDBClient, items: TransactWriteItem[]): Promise<void> {
  const ClientRequestToken = randomUUID();
  await outlastConflicts(() =>
    client.send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken })),
  );
}
