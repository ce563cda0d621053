import type { Decision, GiftCardDependencies } from './change-gift-card.ts';
import { changeGiftCard } from './change-gift-card.ts';
import { expiryOf } from './expiry.ts';
import type { GiftCard } from './gift-card.ts';
import { assertPositive } from './positive.ts';
import type { GiftCardTransition } from './transition.ts';
import { giftCardTransition } from './transition.ts';

export interface RefundGiftCardRequest {
  readonly giftCardId: string;
  readonly refundId: string;
  readonly amount: bigint;
  readonly now: Date;
}

export type RefundGiftCardResult =
  /** Put back, by this call or by an earlier one of the same refund; until when it can be spent at least. */
  | { readonly kind: 'refunded'; readonly refunded: bigint; readonly expiresAt: string; readonly replayed: boolean }
  /** More than was ever redeemed of the card, less what was refunded. */
  | { readonly kind: 'exceedsRedeemed'; readonly needed: bigint; readonly redeemed: bigint }
  | { readonly kind: 'unknown' }
  /** The refund put another amount back before. */
  | { readonly kind: 'amountDiffers'; readonly refunded: bigint };

/** For how many days a refunded card is valid at least. */
export interface RevivalPolicy {
  readonly revivalDays: number;
}

const dayMilliseconds = 86_400_000;

/**
 * Puts a refund back on the gift card that paid.
 *
 * Primary course:
 * 1. The refund has not come before, and no more comes back than was redeemed.
 * 2. What has expired lapses first, whether the daily pass came by or not: a refund does not depend on its hour.
 * 3. The amount is back on the card, which is valid for `revivalDays` more at least, in one transaction with the
 *    transition.
 *
 * Twice is once: the refund's own transition answers. Throws GiftCardContended, and RangeError for an amount below one.
 */
export function refundGiftCard(
  dependencies: GiftCardDependencies,
  policy: RevivalPolicy,
  request: RefundGiftCardRequest,
): Promise<RefundGiftCardResult> {
  assertPositive(request.amount);
  const { giftCardId, refundId } = request;
  return changeGiftCard(dependencies, giftCardId, { step: 'refund', refundId }, undefined, ({ card, transition }) => {
    if (transition) return { kind: 'answer', answer: refundedBefore(transition, request.amount) };
    if (!card) return { kind: 'answer', answer: { kind: 'unknown' } };
    return decide(card, policy, request);
  });
}

function refundedBefore({ movement, change }: GiftCardTransition, amount: bigint): RefundGiftCardResult {
  const { credited: refunded } = movement;
  if (refunded !== amount) return { kind: 'amountDiffers', refunded };
  return { kind: 'refunded', refunded, expiresAt: change.expiresAt, replayed: true };
}

function decide(
  card: GiftCard,
  { revivalDays }: RevivalPolicy,
  { refundId, amount, now }: RefundGiftCardRequest,
): Decision<RefundGiftCardResult> {
  if (card.redeemed < amount) {
    return { kind: 'answer', answer: { kind: 'exceedsRedeemed', needed: amount, redeemed: card.redeemed } };
  }
  const expiry = expiryOf(card, now);
  if (expiry) return { kind: 'recordFirst', transition: expiry };
  const revivedUntil = new Date(now.getTime() + revivalDays * dayMilliseconds).toISOString();
  const expiresAt = revivedUntil > card.expiresAt ? revivedUntil : card.expiresAt;
  return {
    kind: 'record',
    transition: giftCardTransition(card, { step: 'refund', refundId }, { credited: amount }, now, { expiresAt }),
    answer: { kind: 'refunded', refunded: amount, expiresAt, replayed: false },
  };
}
