import { sharesOf } from '../../payments/tenders/tender-share.ts';
import type { Books, Finding } from './books.ts';
import { unless } from './books.ts';

/**
 * Each gift card holds exactly what payments may still take of it: nothing for one that is over. True only when nothing
 * is on its way, for a hold is made before its payment knows, and released before its payment ends.
 */
export function* verifyHolds({ payments, giftCards }: Books): Generator<Finding> {
  const expected = new Map<string, bigint>();
  for (const { giftCardId, capturable } of payments.flatMap(sharesOf)) {
    if (giftCardId !== undefined) expected.set(giftCardId, (expected.get(giftCardId) ?? 0n) + capturable);
  }
  for (const { id, held } of giftCards) yield* unless(id, 'held for payments', expected.get(id) ?? 0n, held);
}
