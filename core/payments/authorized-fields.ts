import { overdueAt, reviewDeadline, reviewId } from '../fraud/reviews/review.ts';
import type { PaymentReview } from '../fraud/reviews/review.ts';
import type { Outcome } from './attempt.ts';
import { authorizationExpiry, expiryLook, giftCardsAloneExpiry } from './authorization-window.ts';
import type { Movement } from './movements/movement.ts';
import { movementId } from './movements/movement.ts';
import type { Payment } from './payment.ts';
import { wholeParts } from './tenders/tender-share.ts';
import type { PaymentChange } from './payment-change.ts';

/**
 * What an approval makes of a payment: it can be captured from now on, or its capture begins. In doubt it waits for a person's
 * verdict, and then goes on in the same way.
 */
export function approvedFields(
  payment: Payment,
  outcome: Outcome,
  isInDoubt: boolean,
  now: Date,
): Partial<PaymentChange> {
  if (outcome.kind !== 'approved' && outcome.kind !== 'held') return {};
  const acquirersExpiry = outcome.kind === 'approved' ? outcome.expiresAt : giftCardsAloneExpiry(now);
  const authorizationExpiresAt = payment.tender
    ? authorizationExpiry(payment.tender, acquirersExpiry, now)
    : giftCardsAloneExpiry(now);
  const held = { amountAuthorized: payment.amount, authorizationExpiresAt };
  // An approval that holds nothing, because the money has moved already, is captured whatever was asked for.
  const onApproval = payment.capture === 'manual' && acquirersExpiry !== undefined ? 'hold' : 'capture';
  if (!isInDoubt) return { ...held, ...goOn(payment, onApproval, authorizationExpiresAt, now) };
  const deadline = reviewDeadline(authorizationExpiresAt, now);
  const review: PaymentReview = { id: reviewId(payment.id), state: 'open', deadline, onApproval };
  return { ...held, review, resolveAt: overdueAt(deadline) };
}

/**
 * What makes an authorized payment capturable, and until when. An automatic capture begins in this very transition, so that nothing
 * can come between.
 */
export function goOn(
  payment: Payment,
  onApproval: PaymentReview['onApproval'],
  authorizationExpiresAt: string,
  now: Date,
): Partial<PaymentChange> {
  if (onApproval === 'hold') {
    const shares = payment.shares?.map((share) => ({ ...share, capturable: share.amount }));
    const resolveAt = expiryLook(payment.createdAt, authorizationExpiresAt, now);
    return {
      ...(shares ? { shares } : {}),
      capturable: payment.amount,
      ...(resolveAt === undefined ? {} : { resolveAt }),
    };
  }
  const parts = wholeParts(payment);
  const movement: Movement = {
    id: movementId('capture', payment.id, 'automatic'),
    kind: 'capture',
    amount: payment.amount,
    taken: payment.amount,
    ...(parts ? { parts } : {}),
    isFinal: true,
    state: 'pending',
    requestHash: payment.requestHash,
    begunBy: 'automatic',
    begunAt: now.toISOString(),
  };
  return { capturable: 0n, movement };
}
