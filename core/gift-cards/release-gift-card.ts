import type { Decision, GiftCardDependencies } from './change-gift-card.ts';
import { changeGiftCard } from './change-gift-card.ts';
import type { GiftCard, GiftCardHold } from './gift-card.ts';
import { giftCardHoldId, remainingOf } from './gift-card.ts';
import { giftCardTransition } from './transition.ts';

export interface ReleaseGiftCardRequest {
  readonly giftCardId: string;
  readonly paymentId: string;
  readonly now: Date;
}

export type ReleaseGiftCardResult =
  /** Nothing is held any more. `released` is what this payment gave back, now or before, in all. */
  { readonly kind: 'released'; readonly released: bigint; readonly replayed: boolean } | { readonly kind: 'unknown' };

/**
 * Gives back what a payment still holds on a gift card.
 *
 * Primary course:
 * 1. The payment's hold has something left.
 * 2. The hold is resolved and the rest goes back to the card, in one transaction with their transition. On a card that
 *    expired meanwhile the rest expires with the next daily pass.
 *
 * A payment without a hold gets one of nothing, resolved already: a hold that is still on its way and arrives after
 * this is refused, instead of binding the buyer's money for ever. Twice is once. Throws GiftCardContended.
 */
export function releaseGiftCard(
  dependencies: GiftCardDependencies,
  request: ReleaseGiftCardRequest,
): Promise<ReleaseGiftCardResult> {
  const { giftCardId, paymentId } = request;
  return changeGiftCard(dependencies, giftCardId, { step: 'release', paymentId }, paymentId, ({ card, hold }) => {
    if (!card) return { kind: 'answer', answer: { kind: 'unknown' } };
    if (!hold) return closeBeforeItOpens(request);
    if (hold.status === 'resolved') {
      return { kind: 'answer', answer: { kind: 'released', released: hold.released, replayed: true } };
    }
    return decide(card, hold, request);
  });
}

function closeBeforeItOpens({ giftCardId, paymentId, now }: ReleaseGiftCardRequest): Decision<ReleaseGiftCardResult> {
  const hold: GiftCardHold = {
    id: giftCardHoldId(giftCardId, paymentId),
    giftCardId,
    paymentId,
    amount: 0n,
    redeemed: 0n,
    released: 0n,
    status: 'resolved',
    createdAt: now.toISOString(),
  };
  return { kind: 'closeHold', hold, answer: { kind: 'released', released: 0n, replayed: false } };
}

function decide(
  card: GiftCard,
  hold: GiftCardHold,
  { paymentId, now }: ReleaseGiftCardRequest,
): Decision<ReleaseGiftCardResult> {
  const remaining = remainingOf(hold);
  const after: GiftCardHold = { ...hold, released: hold.released + remaining, status: 'resolved' };
  return {
    kind: 'record',
    transition: giftCardTransition(card, { step: 'release', paymentId }, { released: remaining }, now, { paymentId }),
    hold: { before: hold, after },
    answer: { kind: 'released', released: after.released, replayed: false },
  };
}
