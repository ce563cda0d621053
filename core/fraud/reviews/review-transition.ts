import { goOn } from '../../payments/authorized-fields.ts';
import type { Movement } from '../../payments/movements/movement.ts';
import { movementId } from '../../payments/movements/movement.ts';
import { unattendedAt } from '../../payments/movements/unattended.ts';
import type { Payment } from '../../payments/payment.ts';
import type { PaymentChange, Transition } from '../../payments/transition.ts';
import { wholeParts } from '../../payments/tenders/tender-share.ts';
import type { PaymentReview, ReviewVerdict } from './review.ts';
import { deadlineReviewer } from './review.ts';

/**
 * What a verdict makes of a payment in review. An approval lets it go on as if it had never been in doubt: it can be captured, or its
 * capture begins. Declining begins its void in this very transition, so that nothing can come between; it stays in review until that
 * has ended. Throws when the payment waits for no verdict: whoever calls has seen that its review is open, so it is a broken invariant.
 */
export function reviewTransition(
  payment: Payment,
  { verdict, by }: { readonly verdict: ReviewVerdict; readonly by: string },
  now: Date,
): Transition {
  const { review } = payment;
  if (payment.status !== 'in_review' || review?.state !== 'open') {
    throw new Error(`Payment ${payment.id} is ${payment.status} and waits for no verdict`);
  }
  const isApproved = verdict === 'approve';
  const to = isApproved ? 'authorized' : 'in_review';
  const decided = isApproved ? approvedChange(payment, review, now) : declinedChange(payment, review, now);
  return {
    paymentId: payment.id,
    from: payment.status,
    to,
    // What nobody decided says nothing of the payment: labels are made of what a review has caused.
    cause: by === deadlineReviewer ? deadlineReviewer : review.id,
    event: isApproved ? 'payment.authorized' : 'payment.review_declined',
    occurredAt: now.toISOString(),
    attempt: { reference: review.id, operation: 'review', outcome: isApproved ? 'approved' : 'declined' },
    postings: [],
    lots: [],
    change: {
      ...standing(payment),
      status: to,
      version: payment.version + 1,
      updatedAt: now.toISOString(),
      ...decided,
    },
  };
}

/** What a verdict leaves as it is. */
function standing(payment: Payment) {
  const { amountAuthorized, amountCaptured, amountRefunded, capturable, refundable, outcomeWasUnknown } = payment;
  const { shares, authorizationExpiresAt, fraud } = payment;
  return {
    ...{ amountAuthorized, amountCaptured, amountRefunded, capturable, refundable, outcomeWasUnknown },
    ...(shares ? { shares } : {}),
    ...(fraud ? { fraud } : {}),
    ...(authorizationExpiresAt === undefined ? {} : { authorizationExpiresAt }),
  };
}

function approvedChange(payment: Payment, review: PaymentReview, now: Date): Partial<PaymentChange> {
  const { authorizationExpiresAt } = payment;
  if (authorizationExpiresAt === undefined) throw new Error(`Payment ${payment.id} is authorized without an end`);
  return {
    review: { ...review, state: 'approved' },
    ...goOn(payment, review.onApproval, authorizationExpiresAt, now),
  };
}

function declinedChange(payment: Payment, review: PaymentReview, now: Date): Partial<PaymentChange> {
  const parts = wholeParts(payment);
  const movement: Movement = {
    id: movementId('void', payment.id, review.id),
    kind: 'void',
    amount: payment.amountAuthorized,
    taken: payment.amountAuthorized,
    ...(parts ? { parts } : {}),
    isFinal: false,
    state: 'pending',
    requestHash: payment.requestHash,
    begunBy: review.id,
    begunAt: now.toISOString(),
  };
  return { review: { ...review, state: 'declined' }, movement, resolveAt: unattendedAt(now) };
}
