import type { Posting } from './posting.ts';

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
  readonly commission: bigint;
  readonly sellerId: string;
}

/**
 * Capture without an order: what the acquirer owes us, less its fee, and what gift cards brought into order_escrow,
 * becomes the seller's, less our commission. The card's money passes order_escrow in the same entry, unnamed.
 */
export function capturePostings(money: CapturedMoney): readonly Posting[] {
  const { amount, cardAmount, currency, processingFee, commission, sellerId } = money;
  return [
    ...releasePostings(cardAmount, currency),
    ...lines(currency, [
      { account: 'processor_clearing', side: 'debit', amount: cardAmount - processingFee },
      { account: 'processing_fee', side: 'debit', amount: processingFee },
      { account: 'order_escrow', side: 'debit', amount: amount - cardAmount },
      { account: 'commission', side: 'credit', amount: commission },
      { account: 'seller_deferred', side: 'credit', amount: amount - commission, sellerId },
    ]),
  ];
}

export interface RefundedMoney {
  readonly amount: bigint;
  /** What of it goes back to the card; the rest goes through order_escrow onto gift cards. */
  readonly cardAmount: bigint;
  readonly currency: string;
  /** What of our commission goes back. */
  readonly commission: bigint;
  /** What lots that are not paid out yet give. */
  readonly fromDeferred: bigint;
  /** What was paid out already, and the seller now owes. */
  readonly fromReceivable: bigint;
  readonly sellerId: string;
}

/** Refund: the seller gives back its part, we our commission; the acquirer keeps its fee. */
export function refundPostings(money: RefundedMoney): readonly Posting[] {
  const { amount, cardAmount, currency, commission, fromDeferred, fromReceivable, sellerId } = money;
  return lines(currency, [
    { account: 'seller_deferred', side: 'debit', amount: fromDeferred, sellerId },
    { account: 'seller_receivable', side: 'debit', amount: fromReceivable, sellerId },
    { account: 'commission', side: 'debit', amount: commission },
    { account: 'processor_clearing', side: 'credit', amount: cardAmount },
    { account: 'order_escrow', side: 'credit', amount: amount - cardAmount },
  ]);
}

function lines(currency: string, postings: readonly Omit<Posting, 'currency'>[]): readonly Posting[] {
  return postings.filter(({ amount }) => amount !== 0n).map((posting) => ({ ...posting, currency }));
}
