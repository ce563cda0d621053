import type { Settled } from './conversion-postings.ts';
import { conversionPostings, lines } from './conversion-postings.ts';
import type { Posting } from './posting.ts';
import type { TakenMoney } from './taken-postings.ts';
import { takenPostings } from './taken-postings.ts';

/** What a chargeback takes; what the acquirer takes is in the buyer's currency. */
export interface ChargedBackMoney extends TakenMoney {
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
  const { amount, currency, sellerId, excess, fee, feeBearer } = money;
  return [
    ...takenPostings(money),
    ...lines(currency, [
      { account: 'dispute_excess', side: 'debit', amount: excess },
      feeBearer === 'seller'
        ? { account: 'seller_receivable', side: 'debit', amount: fee, sellerId }
        : { account: 'dispute_fee', side: 'debit', amount: fee },
      { account: 'processor_clearing', side: 'credit', amount: amount + excess + fee },
    ]),
  ];
}

/** What a chargeback that was won gives back. */
export interface WonMoney {
  /** What of it had been taken from the seller, in the buyer's currency. */
  readonly amount: bigint;
  readonly currency: string;
  readonly sellerId: string;
  /** What of it is our commission again, and the seller's. */
  readonly settled: Settled;
  /** What had come out of the excess. */
  readonly excess: bigint;
  /** What of the fee the acquirer gives back, to whom bore it. */
  readonly feeReturned: bigint;
  readonly feeBearer: 'seller' | 'platform';
}

/** Chargeback won: the amount comes back, and the fee where the acquirer's terms say so. */
export function wonPostings(money: WonMoney): readonly Posting[] {
  const { amount, currency, sellerId, settled, excess, feeReturned, feeBearer } = money;
  return [
    ...lines(currency, [
      { account: 'processor_clearing', side: 'debit', amount: amount + excess + feeReturned },
      { account: 'dispute_excess', side: 'credit', amount: excess },
    ]),
    ...conversionPostings(amount, currency, settled),
    ...lines(settled.currency, [
      { account: 'commission', side: 'credit', amount: settled.commission },
      { account: 'seller_deferred', side: 'credit', amount: settled.sellersPart, sellerId },
    ]),
    ...lines(currency, [
      feeBearer === 'seller'
        ? { account: 'seller_deferred', side: 'credit', amount: feeReturned, sellerId }
        : { account: 'dispute_fee', side: 'credit', amount: feeReturned },
    ]),
  ];
}

/** What had gone beyond is taken from the seller after all, because a refund that was in its way came to nothing. */
export function coveredExcessPostings(money: TakenMoney): readonly Posting[] {
  const { amount, currency } = money;
  return [...takenPostings(money), ...lines(currency, [{ account: 'dispute_excess', side: 'credit', amount }])];
}
