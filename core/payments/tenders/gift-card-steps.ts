import type { GiftCardDependencies } from '../../gift-cards/change-gift-card.ts';
import type { HoldGiftCardResult } from '../../gift-cards/hold-gift-card.ts';
import { holdGiftCard } from '../../gift-cards/hold-gift-card.ts';
import { redeemGiftCard } from '../../gift-cards/redeem-gift-card.ts';
import type { RevivalPolicy } from '../../gift-cards/refund-gift-card.ts';
import { refundGiftCard } from '../../gift-cards/refund-gift-card.ts';
import { releaseGiftCard } from '../../gift-cards/release-gift-card.ts';
import type { Movement } from '../movements/movement.ts';
import { pendingMovements } from '../movements/movement.ts';
import type { Payment } from '../payment.ts';
import type { Outcome } from '../transition.ts';
import { giftCardPartsOf } from './tender-share.ts';

/** What a payment asks of the gift cards among its tenders. Every step may run twice: its id is its cause's. */
export type GiftCardSteps = GiftCardDependencies & RevivalPolicy;

/** Thrown when a gift card does not hold what its payment counts on: nobody may paper over it. */
export class GiftCardContradictsPayment extends Error {
  override readonly name = 'GiftCardContradictsPayment';
}

/** Why a payment was declined before its card was asked: the gift card's word, not an issuer's. */
export const giftCardDeclineCodes = [
  'gift_card_insufficient',
  'gift_card_expired',
  'gift_card_unknown',
  'gift_card_hold_resolved',
] as const;
type GiftCardDeclineCode = (typeof giftCardDeclineCodes)[number];

export interface HoldsOrder {
  readonly paymentId: string;
  readonly currency: string;
  readonly giftCards: readonly { readonly giftCardId: string; readonly amount: bigint }[];
}

/**
 * Holds what each gift card is to pay, in the order of the request; the first that refuses ends it. What was held by
 * then is released when the outcome is recorded. Answers `held` when all is, and else a decline.
 */
export async function holdGiftCards(
  dependencies: GiftCardDependencies,
  { paymentId, currency, giftCards }: HoldsOrder,
  now: Date,
): Promise<Extract<Outcome, { kind: 'held' | 'declined' }>> {
  for (const { giftCardId, amount } of giftCards) {
    const code = refusalOf(await holdGiftCard(dependencies, { giftCardId, paymentId, amount, currency, now }));
    if (code !== undefined) return { kind: 'declined', code };
  }
  return { kind: 'held' };
}

function refusalOf(result: HoldGiftCardResult): GiftCardDeclineCode | undefined {
  switch (result.kind) {
    case 'held':
      return undefined;
    case 'insufficient':
      return 'gift_card_insufficient';
    case 'expired':
      return 'gift_card_expired';
    case 'unknown':
    case 'currencyMismatch':
      return 'gift_card_unknown';
    case 'holdResolved':
    case 'amountDiffers':
      return 'gift_card_hold_resolved';
  }
}

/** Spends the parts of a capture that gift cards pay. What is held for a capture cannot be refused. */
export async function redeemGiftCards(
  dependencies: GiftCardDependencies,
  payment: Payment,
  movement: Movement,
  now: Date,
): Promise<void> {
  for (const { giftCardId, amount } of giftCardPartsOf(payment, movement)) {
    const order = { giftCardId, paymentId: payment.id, captureId: movement.id, amount, isFinal: false, now };
    const result = await redeemGiftCard(dependencies, order);
    if (result.kind !== 'redeemed') throw contradiction(giftCardId, movement, result.kind);
  }
}

/** Puts the parts of a refund that gift cards paid back on them. */
export async function refundGiftCards(
  dependencies: GiftCardSteps,
  payment: Payment,
  movement: Movement,
  now: Date,
): Promise<void> {
  for (const { giftCardId, amount } of giftCardPartsOf(payment, movement)) {
    const result = await refundGiftCard(dependencies, dependencies, { giftCardId, refundId: movement.id, amount, now });
    if (result.kind !== 'refunded') throw contradiction(giftCardId, movement, result.kind);
  }
}

/** Gives back what the payment still holds on these gift cards, and closes holds that are yet to come. */
export async function releaseGiftCards(
  dependencies: GiftCardDependencies,
  paymentId: string,
  giftCardIds: readonly string[],
  now: Date,
): Promise<void> {
  for (const giftCardId of giftCardIds) await releaseGiftCard(dependencies, { giftCardId, paymentId, now });
}

/** All gift cards among a payment's tenders. */
export function giftCardIdsOf({ shares = [] }: Pick<Payment, 'shares'>): readonly string[] {
  return shares.flatMap(({ giftCardId }) => giftCardId ?? []);
}

/**
 * Gift cards whose hold is over after a capture, void or expiry has ended, with something left on it: nothing more can be
 * captured of the share, and nothing that could still capture or give back is under way. Once that is so it stays so,
 * whatever else happens to the payment, which is why it may be released before the transition is written. In: the payment
 * as the transition leaves it.
 */
export function heldInVain({ shares = [], movements }: Pick<Payment, 'shares' | 'movements'>): readonly string[] {
  const underWay = pendingMovements({ movements }).filter(({ kind }) => kind !== 'refund');
  return shares.flatMap(({ giftCardId, amount, captured, capturable }, index) => {
    const isTaken = underWay.some(({ parts = [] }) => (parts[index]?.taken ?? 0n) > 0n);
    const isOver = capturable === 0n && captured < amount && !isTaken;
    return giftCardId !== undefined && isOver ? [giftCardId] : [];
  });
}

function contradiction(giftCardId: string, { id }: Movement, answer: string): GiftCardContradictsPayment {
  return new GiftCardContradictsPayment(`Gift card ${giftCardId} answers ${answer} to ${id}`);
}
