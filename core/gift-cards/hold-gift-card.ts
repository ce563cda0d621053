import type { Decision, GiftCardDependencies } from './change-gift-card.ts';
import { changeGiftCard } from './change-gift-card.ts';
import type { GiftCard, GiftCardHold } from './gift-card.ts';
import { giftCardHoldId, isExpired } from './gift-card.ts';
import { assertPositive } from './positive.ts';
import { giftCardTransition } from './transition.ts';

export interface HoldGiftCardRequest {
  readonly giftCardId: string;
  readonly paymentId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly now: Date;
}

export type HoldGiftCardResult =
  /** Reserved, by this call or by an earlier one of the same payment. */
  | { readonly kind: 'held'; readonly hold: GiftCardHold; readonly replayed: boolean }
  | { readonly kind: 'insufficient'; readonly needed: bigint; readonly available: bigint }
  | { readonly kind: 'expired'; readonly expiresAt: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'currencyMismatch'; readonly currency: string }
  /** The payment's hold was redeemed or released before: it is never held again. */
  | { readonly kind: 'holdResolved'; readonly hold: GiftCardHold }
  /** The payment holds another amount already. */
  | { readonly kind: 'amountDiffers'; readonly held: bigint };

/**
 * Reserves an amount of a gift card for a payment.
 *
 * Primary course:
 * 1. The payment has no hold on the card yet.
 * 2. The card is valid, in the payment's currency, and has the amount available.
 * 3. The hold, the card's change and their transition are written in one transaction.
 *
 * Twice is once: the payment's hold answers again. Throws GiftCardContended, and RangeError for an amount below one.
 */
export function holdGiftCard(
  dependencies: GiftCardDependencies,
  request: HoldGiftCardRequest,
): Promise<HoldGiftCardResult> {
  assertPositive(request.amount);
  const { giftCardId, paymentId } = request;
  return changeGiftCard(dependencies, giftCardId, { step: 'hold', paymentId }, paymentId, ({ card, hold }) => {
    if (hold) return { kind: 'answer', answer: heldBefore(hold, request.amount) };
    if (!card) return { kind: 'answer', answer: { kind: 'unknown' } };
    return decide(card, request);
  });
}

function heldBefore(hold: GiftCardHold, amount: bigint): HoldGiftCardResult {
  if (hold.status === 'resolved') return { kind: 'holdResolved', hold };
  if (hold.amount !== amount) return { kind: 'amountDiffers', held: hold.amount };
  return { kind: 'held', hold, replayed: true };
}

function decide(
  card: GiftCard,
  { paymentId, amount, currency, now }: HoldGiftCardRequest,
): Decision<HoldGiftCardResult> {
  if (card.currency !== currency) {
    return { kind: 'answer', answer: { kind: 'currencyMismatch', currency: card.currency } };
  }
  if (isExpired(card, now)) return { kind: 'answer', answer: { kind: 'expired', expiresAt: card.expiresAt } };
  const { available } = card;
  if (available < amount) return { kind: 'answer', answer: { kind: 'insufficient', needed: amount, available } };
  const after: GiftCardHold = {
    id: giftCardHoldId(card.id, paymentId),
    giftCardId: card.id,
    paymentId,
    amount,
    redeemed: 0n,
    released: 0n,
    status: 'held',
    createdAt: now.toISOString(),
  };
  return {
    kind: 'record',
    transition: giftCardTransition(card, { step: 'hold', paymentId }, { held: amount }, now, { paymentId }),
    hold: { before: undefined, after },
    answer: { kind: 'held', hold: after, replayed: false },
  };
}
