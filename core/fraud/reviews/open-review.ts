import type { Payment } from '../../payments/payment.ts';
import type { Transition } from '../../payments/transition.ts';
import type { Review } from './review.ts';

/** The review that a transition opens, if it opens one. In: the payment as it was before. */
export function openedReview(payment: Payment, { from, change, occurredAt }: Transition): Review | undefined {
  const { fraud, review } = change;
  if (from !== 'processing' || review?.state !== 'open' || !fraud) return undefined;
  return {
    id: review.id,
    paymentId: payment.id,
    sellerId: payment.sellerId,
    buyerId: payment.buyer.id,
    amount: payment.amount,
    currency: payment.currency,
    ...{ score: fraud.score, reasons: fraud.reasons, decidedBy: fraud.decidedBy },
    state: 'open',
    deadline: review.deadline,
    createdAt: occurredAt,
    updatedAt: occurredAt,
    version: 1,
  };
}
