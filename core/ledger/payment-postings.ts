import type { Settled } from './conversion-postings.ts';
import { conversionPostings, lines } from './conversion-postings.ts';
import type { Posting } from './posting.ts';
import type { TakenMoney } from './taken-postings.ts';
import { takenPostings } from './taken-postings.ts';

/**
 * The postings of a payment's transitions, one function for each row of the table in ../shared/domain-facts.md
 * ("Ledger postings"). Lines of nothing are left out.
 */

/** Authorize: nothing has moved yet; the hold is remembered. */
export function authorizationPostings(amount: bigint, currency: string): readonly Posting[] {
  return lines(currency, [
    { account: 'auth_hold', side: 'debit', amount },
    { account: 'auth_hold_contra', side: 'credit', amount },
  ]);
}

/** Void, expiry, and what a final capture leaves: the hold is over. */
export function releasePostings(amount: bigint, currency: string): readonly Posting[] {
  return lines(currency, [
    { account: 'auth_hold_contra', side: 'debit', amount },
    { account: 'auth_hold', side: 'credit', amount },
  ]);
}

export interface CapturedMoney {
  readonly amount: bigint;
  /** What of it the card pays; gift cards paid the rest into order_escrow when they were redeemed. */
  readonly cardAmount: bigint;
  readonly currency: string;
  readonly processingFee: bigint;
  readonly settled: Settled;
  readonly sellerId: string;
}

/**
 * Capture without an order: what the acquirer owes us, less its fee, and what gift cards brought into order_escrow,
 * becomes the seller's, less our commission. The card's money passes order_escrow in the same entry, unnamed. What is
 * converted passes fx_position: out of it in the buyer's currency, into it in the seller's.
 */
export function capturePostings(money: CapturedMoney): readonly Posting[] {
  const { amount, cardAmount, currency, processingFee, settled, sellerId } = money;
  return [
    ...releasePostings(cardAmount, currency),
    ...lines(currency, [
      { account: 'processor_clearing', side: 'debit', amount: cardAmount - processingFee },
      { account: 'processing_fee', side: 'debit', amount: processingFee },
      { account: 'order_escrow', side: 'debit', amount: amount - cardAmount },
    ]),
    ...conversionPostings(amount, currency, settled),
    ...lines(settled.currency, [
      { account: 'commission', side: 'credit', amount: settled.commission },
      { account: 'seller_deferred', side: 'credit', amount: settled.sellersPart, sellerId },
    ]),
  ];
}

export interface RefundedMoney extends TakenMoney {
  /** What of it goes back to the card; the rest goes through order_escrow onto gift cards. */
  readonly cardAmount: bigint;
}

/** Refund: the seller gives back its part, we our commission and our spread; the acquirer keeps its fee. */
export function refundPostings(money: RefundedMoney): readonly Posting[] {
  const { amount, cardAmount, currency } = money;
  return [
    ...takenPostings(money),
    ...lines(currency, [
      { account: 'processor_clearing', side: 'credit', amount: cardAmount },
      { account: 'order_escrow', side: 'credit', amount: amount - cardAmount },
    ]),
  ];
}
