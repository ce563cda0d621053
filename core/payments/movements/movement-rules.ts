import type { EventType } from '../events.ts';
import type { Payment, PaymentStatus } from '../payment.ts';
import { paymentStatuses } from '../payment.ts';
import { hasOpenChargeback } from '../taken-back.ts';
import type { MovementKind, MovementOutcome } from './movement.ts';
import { pendingMovements } from './movement.ts';

interface MovementRule {
  readonly movement: MovementKind;
  readonly outcome: MovementOutcome['kind'];
  readonly event: EventType;
  /** From each state in which the movement may end, the states that it may lead to: the amounts choose (`statusOf`). */
  readonly leads: Readonly<Partial<Record<PaymentStatus, readonly PaymentStatus[]>>>;
}

/** What a release, or a capture that comes to nothing, may leave: it may be the last that was under way. */
const afterRelease = {
  authorized: ['authorized', 'voided', 'expired'],
  partially_captured: ['partially_captured', 'captured'],
  partially_refunded: ['partially_refunded', 'refunded'],
  disputed: ['disputed'],
} as const;

/**
 * Every transition that a movement makes. What is not here is refused. While a chargeback is open the payment stays
 * disputed, whatever moves beside it.
 */
export const movementRules: readonly MovementRule[] = [
  {
    movement: 'capture',
    outcome: 'accepted',
    event: 'payment.captured',
    leads: {
      authorized: ['partially_captured', 'captured'],
      partially_captured: ['partially_captured', 'captured'],
      partially_refunded: ['partially_refunded'],
      disputed: ['disputed'],
    },
  },
  { movement: 'capture', outcome: 'refused', event: 'payment.capture_failed', leads: afterRelease },
  {
    movement: 'void',
    outcome: 'accepted',
    event: 'payment.voided',
    leads: { ...afterRelease, in_review: ['voided'] },
  },
  {
    movement: 'void',
    outcome: 'refused',
    event: 'payment.void_failed',
    leads: { ...afterRelease, in_review: ['in_review', 'voided', 'expired'] },
  },
  { movement: 'expiry', outcome: 'accepted', event: 'payment.expired', leads: afterRelease },
  { movement: 'expiry', outcome: 'refused', event: 'payment.void_failed', leads: afterRelease },
  {
    movement: 'refund',
    outcome: 'accepted',
    event: 'payment.refunded',
    leads: {
      partially_captured: ['partially_refunded'],
      captured: ['partially_refunded', 'refunded'],
      partially_refunded: ['partially_refunded', 'refunded'],
      disputed: ['disputed'],
    },
  },
  {
    movement: 'refund',
    outcome: 'refused',
    event: 'payment.refund_failed',
    leads: {
      partially_captured: ['partially_captured'],
      captured: ['captured'],
      partially_refunded: ['partially_refunded'],
      disputed: ['disputed'],
    },
  },
];

/** The states in which a movement of this kind may begin: those in which it may end. */
export function statusesFor(kind: MovementKind): readonly PaymentStatus[] {
  return movementRules.flatMap(({ movement, outcome, leads }) =>
    movement === kind && outcome === 'accepted' ? paymentStatuses.filter((status) => leads[status] !== undefined) : [],
  );
}

/**
 * The state of an authorized payment, by its amounts and open chargebacks alone. An authorization is over when nothing can be captured and
 * nothing that could still capture or release is under way.
 */
export function statusOf(
  payment: Pick<
    Payment,
    'amountCaptured' | 'amountRefunded' | 'capturable' | 'movements' | 'releasedBy' | 'disputes' | 'review'
  >,
): PaymentStatus {
  if (hasOpenChargeback(payment)) return 'disputed';
  if (payment.releasedBy === undefined && isWithheld(payment)) return 'in_review';
  const { amountCaptured: captured, amountRefunded: refunded, capturable, releasedBy } = payment;
  const isOver = capturable === 0n && pendingMovements(payment).every(({ kind }) => kind === 'refund');
  if (captured === 0n) return isOver ? (releasedBy === 'expiry' ? 'expired' : 'voided') : 'authorized';
  if (refunded === 0n) return isOver ? 'captured' : 'partially_captured';
  return isOver && refunded === captured ? 'refunded' : 'partially_refunded';
}

/** Whether nothing may be captured of an authorization: its review is open, or has declined it. */
export function isWithheld({ review }: Pick<Payment, 'review'>): boolean {
  return review?.state === 'open' || review?.state === 'declined';
}
