import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { isPassingCancellation, isTransactionConflict } from './errors.ts';

/** Conflicts end within the other's few milliseconds; decorrelated jitter keeps a crowd from coming back at once. */
const retryWhatPasses = retry(
  handleWhen((error) => isPassingCancellation(error) || isTransactionConflict(error)),
  { maxAttempts: 5, backoff: new ExponentialBackoff({ initialDelay: 15, maxDelay: 400 }) },
);

/**
 * The one layer that tries again after conflicts between transactions, or of a single write with one, and after the
 * throttling of a transaction: the SDK's own retries leave these alone. It is built into the client, so that no write
 * can be without it; a command, and with it its ClientRequestToken, is the same on every try.
 */
export function outlastConflicts(client: DynamoDBClient): void {
  client.middlewareStack.add((next) => (args) => retryWhatPasses.execute(() => next(args)), {
    name: 'outlastConflicts',
    step: 'initialize',
    priority: 'high',
  });
}
