import type { Posting } from './posting.ts';

/** What a chargeback takes. Minor units; nothing is negative. */
export interface ChargedBackMoney {
  readonly currency: string;
  readonly sellerId: string;
  /** What of our commission goes back. */
  readonly commission: bigint;
  /** What lots that are not paid out yet give, and what the seller owes. */
  readonly fromDeferred: bigint;
  readonly fromReceivable: bigint;
  /** What there is nothing left for to take it from. */
  readonly excess: bigint;
  /** What the acquirer charges, and who bears it. */
  readonly fee: bigint;
  readonly feeBearer: 'seller' | 'platform';
}

/**
 * Chargeback opened: the acquirer has taken amount and fee out of what it owes us. As with a refund the seller gives back
 * its part and we our commission, because the sale is undone as long as it is disputed.
 */
export function chargebackPostings(money: ChargedBackMoney): readonly Posting[] {
  const { currency, sellerId, commission, fromDeferred, fromReceivable, excess, fee, feeBearer } = money;
  const amount = commission + fromDeferred + fromReceivable + excess;
  return lines(currency, [
    { account: 'seller_deferred', side: 'debit', amount: fromDeferred, sellerId },
    { account: 'seller_receivable', side: 'debit', amount: fromReceivable, sellerId },
    { account: 'commission', side: 'debit', amount: commission },
    { account: 'dispute_excess', side: 'debit', amount: excess },
    feeBearer === 'seller'
      ? { account: 'seller_receivable', side: 'debit', amount: fee, sellerId }
      : { account: 'dispute_fee', side: 'debit', amount: fee },
    { account: 'processor_clearing', side: 'credit', amount: amount + fee },
  ]);
}

/** What a chargeback that was won gives back. */
export interface WonMoney {
  readonly currency: string;
  readonly sellerId: string;
  /** What of the amount is our commission again, the seller's, and what had come out of the excess. */
  readonly commission: bigint;
  readonly toSeller: bigint;
  readonly excess: bigint;
  /** What of the fee the acquirer gives back, to whom bore it. */
  readonly feeReturned: bigint;
  readonly feeBearer: 'seller' | 'platform';
}

/** Chargeback won: the amount comes back, and the fee where the acquirer's terms say so. */
export function wonPostings(money: WonMoney): readonly Posting[] {
  const { currency, sellerId, commission, toSeller, excess, feeReturned, feeBearer } = money;
  const amount = commission + toSeller + excess;
  return lines(currency, [
    { account: 'processor_clearing', side: 'debit', amount: amount + feeReturned },
    { account: 'dispute_excess', side: 'credit', amount: excess },
    { account: 'commission', side: 'credit', amount: commission },
    { account: 'seller_deferred', side: 'credit', amount: toSeller, sellerId },
    feeBearer === 'seller'
      ? { account: 'seller_deferred', side: 'credit', amount: feeReturned, sellerId }
      : { account: 'dispute_fee', side: 'credit', amount: feeReturned },
  ]);
}

/** What had gone beyond is taken from the seller after all, because a refund that was in its way came to nothing. */
export function coveredExcessPostings(
  money: Pick<ChargedBackMoney, 'currency' | 'sellerId' | 'commission' | 'fromDeferred' | 'fromReceivable'>,
): readonly Posting[] {
  const { currency, sellerId, commission, fromDeferred, fromReceivable } = money;
  return lines(currency, [
    { account: 'seller_deferred', side: 'debit', amount: fromDeferred, sellerId },
    { account: 'seller_receivable', side: 'debit', amount: fromReceivable, sellerId },
    { account: 'commission', side: 'debit', amount: commission },
    { account: 'dispute_excess', side: 'credit', amount: commission + fromDeferred + fromReceivable },
  ]);
}

function lines(currency: string, postings: readonly Omit<Posting, 'currency'>[]): readonly Posting[] {
  return postings.filter(({ amount }) => amount !== 0n).map((posting) => ({ ...posting, currency }));
}
