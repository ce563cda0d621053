import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { isPassingCancellation } from './errors.ts';

/** Conflicts end within the other's few milliseconds; decorrelated jitter keeps a crowd from coming back at once. */
const retryPassingCancellations = retry(handleWhen(isPassingCancellation), {
  maxAttempts: 5,
  backoff: new ExponentialBackoff({ initialDelay: 15, maxDelay: 400 }),
});

/**
 * Writes all items or none; the one layer that tries again after conflicts and throttling.
 * In: up to 100 items. The SDK adds a request token to each command, so that its own retry of an answer that got lost
 * does not run into the items' conditions. Throws TransactionCanceledException (see `cancellationReasons`).
 */
export async function transactWrite(client: DynamoDBClient, items: TransactWriteItem[]): Promise<void> {
  await retryPassingCancellations.execute(() => client.send(new TransactWriteItemsCommand({ TransactItems: items })));
}
