import { isOpenChargeback, isStanding } from '../disputes/dispute.ts';
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
