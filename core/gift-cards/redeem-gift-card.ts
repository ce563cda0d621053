import type { Decision, GiftCardDependencies } from './change-gift-card.ts';
import { changeGiftCard } from './change-gift-card.ts';
import type { GiftCard, GiftCardHold } from './gift-card.ts';
import { remainingOf } from './gift-card.ts';
import { assertPositive } from './positive.ts';
import type { GiftCardTransition } from './transition.ts';
import { giftCardTransition } from './transition.ts';

export interface RedeemGiftCardRequest {
  readonly giftCardId: string;
  readonly paymentId: string;
  readonly captureId: string;
  readonly amount: bigint;
  /** Whether no other capture follows: what is left of the hold is released. */
  readonly isFinal: boolean;
  readonly now: Date;
}

export type RedeemGiftCardResult =
  /** Spent, by this call or by an earlier one of the same capture; `released` went back to the card. */
  | { readonly kind: 'redeemed'; readonly redeemed: bigint; readonly released: bigint; readonly replayed: boolean }
  | { readonly kind: 'exceedsHold'; readonly needed: bigint; readonly remaining: bigint }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'notHeld' }
  | { readonly kind: 'holdResolved'; readonly hold: GiftCardHold }
  /** The capture redeemed another amount, or was the last one and now is not. */
  | { readonly kind: 'captureDiffers'; readonly redeemed: bigint };

/**
 * Spends what a payment holds on a gift card, for one of its captures.
 *
 * Primary course:
 * 1. The capture has not redeemed yet, and the payment's hold has the amount left.
 * 2. The hold shrinks by the amount; after the final capture what is left of it goes back to the card.
 * 3. Hold, card and transition are written in one transaction.
 *
 * A hold made in time is redeemed after the card expired as well. Twice is once: the capture's own transition answers.
 * Throws GiftCardContended, and RangeError for an amount below one.
 */
export function redeemGiftCard(
  dependencies: GiftCardDependencies,
  request: RedeemGiftCardRequest,
): Promise<RedeemGiftCardResult> {
  assertPositive(request.amount);
  const { giftCardId, paymentId, captureId } = request;
  return changeGiftCard(dependencies, giftCardId, { step: 'redeem', captureId }, paymentId, (state) => {
    const { card, hold, transition } = state;
    if (transition) return { kind: 'answer', answer: redeemedBefore(transition, request) };
    if (!card) return { kind: 'answer', answer: { kind: 'unknown' } };
    if (!hold) return { kind: 'answer', answer: { kind: 'notHeld' } };
    return decide(card, hold, request);
  });
}

function redeemedBefore(
  { movement: { redeemed, released }, isFinal, paymentId }: GiftCardTransition,
  request: RedeemGiftCardRequest,
): RedeemGiftCardResult {
  const isSame =
    redeemed === request.amount && (isFinal ?? false) === request.isFinal && paymentId === request.paymentId;
  return isSame ? { kind: 'redeemed', redeemed, released, replayed: true } : { kind: 'captureDiffers', redeemed };
}

function decide(
  card: GiftCard,
  hold: GiftCardHold,
  { paymentId, captureId, amount, isFinal, now }: RedeemGiftCardRequest,
): Decision<RedeemGiftCardResult> {
  if (hold.status === 'resolved') return { kind: 'answer', answer: { kind: 'holdResolved', hold } };
  const remaining = remainingOf(hold);
  if (remaining < amount) return { kind: 'answer', answer: { kind: 'exceedsHold', needed: amount, remaining } };
  const released = isFinal ? remaining - amount : 0n;
  const after: GiftCardHold = {
    ...hold,
    redeemed: hold.redeemed + amount,
    released: hold.released + released,
    status: isFinal || remaining === amount ? 'resolved' : 'held',
  };
  const movement = { redeemed: amount, released };
  return {
    kind: 'record',
    transition: giftCardTransition(card, { step: 'redeem', captureId }, movement, now, { paymentId, isFinal }),
    hold: { before: hold, after },
    answer: { kind: 'redeemed', redeemed: amount, released, replayed: false },
  };
}
