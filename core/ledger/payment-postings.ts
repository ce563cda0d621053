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
  readonly currency: string;
  readonly processingFee: bigint;
  readonly commission: bigint;
  readonly sellerId: string;
}

/**
 * Capture without an order: what the acquirer owes us, less its fee, becomes the seller's, less our commission. The
 * money passes order_escrow in the same entry, so that account is not named.
 */
export function capturePostings(money: CapturedMoney): readonly Posting[] {
  const { amount, currency, processingFee, commission, sellerId } = money;
  return [
    ...releasePostings(amount, currency),
    ...lines(currency, [
      { account: 'processor_clearing', side: 'debit', amount: amount - processingFee },
      { account: 'processing_fee', side: 'debit', amount: processingFee },
      { account: 'commission', side: 'credit', amount: commission },
      { account: 'seller_deferred', side: 'credit', amount: amount - commission, sellerId },
    ]),
  ];
}

export interface RefundedMoney {
  readonly amount: bigint;
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
  const { amount, currency, commission, fromDeferred, fromReceivable, sellerId } = money;
  return lines(currency, [
    { account: 'seller_deferred', side: 'debit', amount: fromDeferred, sellerId },
    { account: 'seller_receivable', side: 'debit', amount: fromReceivable, sellerId },
    { account: 'commission', side: 'debit', amount: commission },
    { account: 'processor_clearing', side: 'credit', amount },
  ]);
}

function lines(currency: string, postings: readonly Omit<Posting, 'currency'>[]): readonly Posting[] {
  return postings.filter(({ amount }) => amount !== 0n).map((posting) => ({ ...posting, currency }));
}
