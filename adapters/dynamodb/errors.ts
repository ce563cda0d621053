import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';

/** Whether a single write was refused by its own condition. */
export function isConditionalCheckFailed(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException;
}

/** Whether the condition of a single write held: it has written then, and nothing otherwise. */
export async function conditionHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionalCheckFailed(error)) return false;
    throw error;
  }
}

/**
 * Why a transaction was cancelled, one code for each of its items in their order (`None` where an item was fine), or
 * an empty list for any other error.
 */
export function cancellationReasons(error: unknown): readonly string[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
}

/** Reasons that pass by themselves: somebody else held an item, or the table was busy. */
const passing = new Set(['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** Whether a single write met a transaction on the same item. */
export function isTransactionConflict(error: unknown): boolean {
  return error instanceof TransactionConflictException;
}

/**
 * Whether a transaction was cancelled for nothing but what passes: doing the same again is right then. The SDK's own
 * retries leave cancelled transactions alone.
 */
export function isPassingCancellation(error: unknown): boolean {
  const reasons = cancellationReasons(error);
  return reasons.some((reason) => reason !== 'None') && reasons.every((reason) => passing.has(reason));
}
