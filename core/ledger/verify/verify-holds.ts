import { pendingMovements } from '../../payments/movements/movement.ts';
import type { Payment } from '../../payments/payment.ts';
import { sharesOf } from '../../payments/tenders/tender-share.ts';
import type { Books, Finding } from './books.ts';
import { unless } from './books.ts';

/** What waits for a verdict, or for its void, is held whole, though nobody may capture it. */
function takeableShares(payment: Payment) {
  const { status, review } = payment;
  const inReview = status === 'in_review' && (review?.state === 'open' || pendingMovements(payment).length > 0);
  return sharesOf(payment).map((share) => ({ ...share, inReview }));
}

/**
 * Each gift card holds exactly what payments may still take of it: nothing for one that is over. True only when nothing
 * is on its way, for a hold is made before its payment knows, and released before its payment ends.
 */
export function* verifyHolds({ payments, giftCards }: Books): Generator<Finding> {
  const expected = new Map<string, bigint>();
  for (const { giftCardId, amount, capturable, inReview } of payments.flatMap(takeableShares)) {
    const takeable = inReview ? amount : capturable;
    if (giftCardId !== undefined) expected.set(giftCardId, (expected.get(giftCardId) ?? 0n) + takeable);
  }
  for (const { id, held } of giftCards) yield* unless(id, 'held for payments', expected.get(id) ?? 0n, held);
}
