import { deriveId } from '../ids.ts';
import { chargebackPostings, wonPostings } from '../ledger/dispute-postings.ts';
import type { Posting } from '../ledger/posting.ts';
import { assertBalanced } from '../ledger/posting.ts';
import type { Lot, LotChange } from '../lots/lot.ts';
import type { Payment } from '../payments/payment.ts';
import { statusOf } from '../payments/movements/movement-rules.ts';
import { settledBetween } from '../payments/settled-part.ts';
import { newLot, owedLot, takeFromSeller } from '../payments/take-from-seller.ts';
import { takenBack } from '../payments/taken-back.ts';
import { withCardDisputed } from '../payments/tenders/tender-share.ts';
import type { PaymentChange, Transition } from '../payments/transition.ts';
import type { Dispute, DisputeStep } from './dispute.ts';
import { wonLotId } from './dispute.ts';
import { eventOf, paymentLeads } from './dispute-rules.ts';

/** What a dispute does to its payment and to the books. */
interface Effect {
  readonly payment: Payment;
  readonly postings: readonly Posting[];
  readonly lots: readonly LotChange[];
}

/**
 * What a dispute that has come further makes of its payment. In: the payment, the dispute as it stood (undefined when
 * nothing was known of it) and as it stands now, the payment's lots in the order in which they were made, and the time.
 *
 * One that was won or lost before we heard of it is opened and closed at once, so that the books are the same whatever
 * arrived first. Throws when no rule leads there: whoever calls has seen that it does.
 */
export function disputeTransition(
  payment: Payment,
  before: Dispute | undefined,
  dispute: Dispute,
  lots: readonly Lot[],
  now: Date,
): Transition {
  const event = eventOf(before?.state ?? 'none', dispute.state);
  const opens = dispute.kind === 'chargeback' && before?.kind !== 'chargeback';
  const opened = opens ? openEffect(payment, dispute, lots, now) : { payment, postings: [], lots: [] };
  const { payment: moved, ...effect } = dispute.state === 'won' ? winEffect(opened, dispute, lots, now) : opened;
  const after = { ...moved, ...noted(moved, dispute) };
  const status = statusOf(after);
  if (event === undefined || paymentLeads[payment.status]?.includes(status) !== true) {
    throw new Error(`A dispute leads nowhere from ${before?.state ?? 'none'} to ${dispute.state} (${payment.status})`);
  }
  assertBalanced(effect.postings);
  return {
    paymentId: payment.id,
    from: payment.status,
    to: status,
    cause: dispute.id,
    event,
    occurredAt: now.toISOString(),
    attempt: { reference: dispute.acquirerReference, operation: 'dispute', outcome: 'notified', code: dispute.state },
    ...effect,
    dispute: stepOf(before, dispute),
    change: changeOf(payment, { ...after, status }, now),
  };
}

/** What is refundable takes the amount in full, and falls below zero when refunds already took it (decision record 0016). */
function openEffect(payment: Payment, dispute: Dispute, lots: readonly Lot[], now: Date): Effect {
  const { amount, id, fee, feeBearer, excess } = dispute;
  const { currency, sellerId } = payment;
  const reason = { cause: id, reason: 'dispute_after_payout' } as const;
  const taking = amount - excess;
  const { lots: taken, ...parts } = takeFromSeller(payment, lots, taking, reason, now);
  const feeLot = feeBearer === 'seller' ? owedLot(payment, deriveId('lot_', id, 'fee'), fee, 'dispute_fee', now) : [];
  return {
    payment: {
      ...payment,
      refundable: payment.refundable - amount,
      ...withCardDisputed(payment, amount),
      disputes: { ...payment.disputes, [id]: { amount, state: 'needs_response' } },
      ...withExcess(payment, excess),
    },
    postings: chargebackPostings({ amount: taking, currency, sellerId, ...parts, excess, fee, feeBearer }),
    lots: [...taken, ...feeLot],
  };
}

function winEffect({ payment, ...opened }: Effect, dispute: Dispute, lots: readonly Lot[], now: Date): Effect {
  const { amount, id, feeReturned, feeBearer } = dispute;
  const { currency, sellerId, disputeExcess = 0n } = payment;
  const excess = disputeExcess < amount ? disputeExcess : amount;
  const returned = amount - excess;
  const settled = settledBetween(payment, takenBack(payment) - returned, returned);
  // The money waits as long as that of the capture would have, wherever it was in between.
  const releaseAt = lots.reduce((latest, lot) => (lot.releaseAt > latest ? lot.releaseAt : latest), now.toISOString());
  const wonLot = (lotId: string, money: bigint, reason: Lot['reason']): readonly LotChange[] =>
    money === 0n
      ? []
      : [{ kind: 'open', lot: { ...newLot(payment, lotId, now), amount: money, remaining: money, releaseAt, reason } }];
  const feeToSeller = feeBearer === 'seller' ? feeReturned : 0n;
  return {
    payment: {
      ...payment,
      refundable: payment.refundable + amount,
      ...withCardDisputed(payment, -amount),
      ...withExcess(payment, -excess),
    },
    postings: [
      ...opened.postings,
      ...wonPostings({ amount: returned, currency, sellerId, settled, excess, feeReturned, feeBearer }),
    ],
    lots: [
      ...opened.lots,
      ...wonLot(wonLotId(id), settled.sellersPart, 'dispute_won'),
      ...wonLot(deriveId('lot_', id, 'fee_returned'), feeToSeller, 'dispute_fee_returned'),
    ],
  };
}

/** An inquiry has no part in the payment's money, so that the payment does not keep it. */
function noted(payment: Payment, { id, kind, amount, state }: Dispute): Pick<Payment, 'disputes'> {
  return kind === 'inquiry' ? {} : { disputes: { ...payment.disputes, [id]: { amount, state } } };
}

function withExcess({ disputeExcess = 0n }: Payment, change: bigint): Pick<Payment, 'disputeExcess'> {
  return change === 0n ? {} : { disputeExcess: disputeExcess + change };
}

function stepOf(before: Dispute | undefined, dispute: Dispute): DisputeStep {
  const { id, version, kind, state, amount, currency, fee, reason, captureId } = dispute;
  return {
    ...{ id, version, kind, to: state, amount, currency, fee, reason, captureId },
    ...(before ? { from: before.state } : {}),
  };
}

/** All that a dispute does not change is told as it stands: a change says what the payment is after it. */
function changeOf(before: Payment, after: Payment, now: Date): PaymentChange {
  const { status, amountAuthorized, amountCaptured, amountRefunded, capturable, refundable } = after;
  const { disputes, disputeExcess, outcomeWasUnknown, resolveAt, releasedBy, shares } = after;
  return {
    ...{ status, version: before.version + 1, updatedAt: now.toISOString(), outcomeWasUnknown },
    ...{ amountAuthorized, amountCaptured, amountRefunded, capturable, refundable },
    ...(shares ? { shares } : {}),
    ...(releasedBy ? { releasedBy } : {}),
    ...(disputes ? { disputes } : {}),
    ...(disputeExcess === undefined ? {} : { disputeExcess }),
    ...(resolveAt === undefined ? {} : { resolveAt }),
  };
}
