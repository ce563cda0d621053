import type { Settled } from './conversion-postings.ts';
import { lines, takenConversionPostings } from './conversion-postings.ts';
import type { Posting } from './posting.ts';

/** What is taken back from the seller of a payment. Minor units; nothing is negative. */
export interface TakenMoney {
  /** What it is for the buyer, in `currency`, which is theirs. */
  readonly amount: bigint;
  readonly currency: string;
  readonly sellerId: string;
  readonly settled: Settled;
  /** What lots that are not paid out yet give, and what the seller owes; both in the seller's currency. */
  readonly fromDeferred: bigint;
  readonly fromReceivable: bigint;
}

/** Refund and chargeback alike: the seller's part and our commission go back, and so does the conversion. */
export function takenPostings(money: TakenMoney): readonly Posting[] {
  const { amount, currency, sellerId, settled, fromDeferred, fromReceivable } = money;
  return [
    ...lines(settled.currency, [
      { account: 'seller_deferred', side: 'debit', amount: fromDeferred, sellerId },
      { account: 'seller_receivable', side: 'debit', amount: fromReceivable, sellerId },
      { account: 'commission', side: 'debit', amount: settled.commission },
    ]),
    ...takenConversionPostings(amount, currency, settled),
  ];
}
