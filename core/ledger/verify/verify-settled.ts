import type { Payment } from '../../payments/payment.ts';
import { settledBetween } from '../../payments/settled-part.ts';
import { takenBack } from '../../payments/taken-back.ts';
import type { Account } from '../accounts.ts';
import type { Posting } from '../posting.ts';
import type { Books, Finding } from './books.ts';
import { unless } from './books.ts';

/**
 * What stands of each payment has left exactly its commission and, where it is converted, its position, spread and
 * residue, at the rate of its quote: whatever captures, refunds and disputes it went through, and in which order.
 */
export function* verifySettled({ payments, paymentTransitions }: Books): Generator<Finding> {
  const transitions = Map.groupBy(paymentTransitions, ({ paymentId }) => paymentId);
  for (const payment of payments) {
    const postings = (transitions.get(payment.id) ?? []).flatMap((transition) => transition.postings);
    for (const [account, currency, expected] of expectedBalances(payment)) {
      const what = `${account} of ${currency} to be credited with`;
      yield* unless(payment.id, what, expected, creditsOf(postings, account, currency));
    }
  }
}

function expectedBalances(payment: Payment): readonly (readonly [account: Account, currency: string, net: bigint])[] {
  const { amountCaptured: captured, currency } = payment;
  const back = takenBack(payment);
  const [went, came] = [settledBetween(payment, 0n, captured), settledBetween(payment, 0n, back)];
  const commission = ['commission', went.currency, went.commission - came.commission] as const;
  if (!went.converted || !came.converted) return [commission];
  return [
    commission,
    ['fx_position', currency, captured - back],
    ['fx_position', went.currency, came.converted.worth - went.converted.worth],
    ['fx_revenue', went.currency, went.converted.spread - came.converted.spread],
    ['fx_residue', went.currency, went.converted.residue - came.converted.residue],
  ];
}

function creditsOf(postings: readonly Posting[], account: Account, currency: string): bigint {
  return postings
    .filter((posting) => posting.account === account && posting.currency === currency)
    .reduce((sum, { side, amount }) => sum + (side === 'credit' ? amount : -amount), 0n);
}
