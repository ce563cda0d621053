import { isOpenChargeback, isStanding } from '../disputes/dispute.ts';
import { basisPointsHalfUp } from '../money/basis-points.ts';
import type { Payment } from './payment.ts';

/** What chargebacks, open or lost, have taken of a payment, minor units. */
export function standingDisputes({ disputes = {} }: Pick<Payment, 'disputes'>): bigint {
  return Object.values(disputes)
    .filter(isStanding)
    .reduce((total, { amount }) => total + amount, 0n);
}

export function hasOpenChargeback({ disputes = {} }: Pick<Payment, 'disputes'>): boolean {
  return Object.values(disputes).some(({ state }) => isOpenChargeback(state));
}

/**
 * What the seller has given back of what was captured: refunds, and chargebacks but for what went beyond what was there.
 * The payment's lots hold the seller's part of the rest, whatever came in which order.
 */
export function takenBack(payment: Pick<Payment, 'amountRefunded' | 'disputes' | 'disputeExcess'>): bigint {
  return payment.amountRefunded + standingDisputes(payment) - (payment.disputeExcess ?? 0n);
}

/**
 * Our commission on `amount` that comes on top of `before`. Cumulative, so that the commissions of any captures sum to
 * the commission of their sum, and what goes back in parts comes to what went in whole.
 */
export function commissionBetween({ terms }: Pick<Payment, 'terms'>, before: bigint, amount: bigint): bigint {
  const of = (total: bigint) => basisPointsHalfUp(total, terms.commissionBasisPoints);
  return of(before + amount) - of(before);
}
