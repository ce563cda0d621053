import type { Account } from './accounts.ts';
import type { Posting } from './posting.ts';

/** What a step of a gift card moves, in minor units; nothing is negative. */
export interface GiftCardMovement {
  /** Put on the card by its sale or by a refund. */
  readonly credited: bigint;
  /** Reserved for a payment. */
  readonly held: bigint;
  /** Taken out of a hold and spent. */
  readonly redeemed: bigint;
  /** Taken out of a hold and given back to the card. */
  readonly released: bigint;
  /** Left on the card when it expired. */
  readonly lapsed: bigint;
}

/** Debit and credit of each thing that a step can move. Where credits come from depends on the step. */
const pairs: readonly (readonly [moved: keyof GiftCardMovement, debit: Account, credit: Account])[] = [
  ['held', 'gift_card_hold', 'gift_card_hold_contra'],
  ['redeemed', 'gift_card_hold_contra', 'gift_card_hold'],
  ['redeemed', 'gift_card_liability', 'order_escrow'],
  ['released', 'gift_card_hold_contra', 'gift_card_hold'],
  ['lapsed', 'gift_card_liability', 'gift_card_breakage'],
];

/**
 * The postings of a gift card's step: balanced, and empty when nothing moved. A sale is owed by
 * whoever sold the card: the acquirer never hears of it, so it is none of its clearing (docs/decisions/0021); a refund reverses the redemption, so it comes out of escrow, into which the payment's own entry
 * puts it back from the seller.
 */
export function giftCardPostings(
  movement: GiftCardMovement,
  creditedFrom: 'gift_card_receivable' | 'order_escrow',
  currency: string,
): readonly Posting[] {
  const credited = ['credited', creditedFrom, 'gift_card_liability'] as const;
  return [credited, ...pairs].flatMap(([moved, debit, credit]) => {
    const amount = movement[moved];
    if (amount === 0n) return [];
    return [
      { account: debit, side: 'debit' as const, amount, currency },
      { account: credit, side: 'credit' as const, amount, currency },
    ];
  });
}
