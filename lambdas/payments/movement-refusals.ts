import type { ProblemCode } from '../../contracts/problem.ts';
import type { MovementRefusal } from '../../core/payments/movements/begin-movement.ts';
import type { Payment } from '../../core/payments/payment.ts';
import type { MovementKind } from '../../core/payments/movements/movement.ts';
import { ProblemError } from '../house/problem-error.ts';

const codes = {
  capture: { notPossible: 'payment_not_capturable', amountExceeds: 'amount_exceeds_authorized' },
  void: { notPossible: 'payment_not_voidable', amountExceeds: 'amount_exceeds_authorized' },
  refund: { notPossible: 'payment_not_refundable', amountExceeds: 'amount_exceeds_captured' },
} as const satisfies Record<Exclude<MovementKind, 'expiry'>, Record<'notPossible' | 'amountExceeds', ProblemCode>>;

/** The problem that a caller is told when a movement was not begun. */
export function toProblem(kind: keyof typeof codes, refusal: MovementRefusal): ProblemError {
  switch (refusal.kind) {
    case 'paymentUnknown':
      return new ProblemError('payment_not_found', 'No payment that you may move has this id.');
    case 'keyReused':
      return new ProblemError('idempotency_key_reused', 'Use a new key for another capture, void or refund.');
    case 'inFlight':
      return new ProblemError('idempotency_in_flight', 'Wait for the first answer, or ask again in half a minute.');
    case 'notPossible':
      return new ProblemError(codes[kind].notPossible, whyNotPossible(kind, refusal.status));
    case 'amountExceeds':
      return new ProblemError(
        codes[kind].amountExceeds,
        `${refusal.asked.toString()} is asked for, ${refusal.left.toString()} is left (minor units).`,
      );
    case 'tooMany':
      return new ProblemError(
        'too_many_movements',
        `A ${refusal.kindOfMovement} begins while a payment has had fewer than ${refusal.most} movements.`,
      );
    case 'captureUnderWay':
      return new ProblemError(
        'capture_under_way',
        'A capture is still under way; what closes the rest comes after it.',
      );
  }
}

function whyNotPossible(kind: keyof typeof codes, status: Payment['status']): string {
  if (status === 'in_review')
    return 'The payment is in_review: a person decides first whether it goes on or is voided.';
  return `The payment is ${status}, and nothing is left to ${kind}.`;
}
