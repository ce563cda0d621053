import type { Review as ReviewAnswer } from '../../contracts/reviews.ts';
import type { Review } from '../../core/fraud/reviews/review.ts';
import { exactNumber } from '../../core/payments/messages.ts';

/** A review as operators see it. Which workflow waits for it is nobody's business. */
export function presentReview({ amount, reasons, claim, decision, taskToken: _inside, ...rest }: Review): ReviewAnswer {
  return {
    object: 'review',
    ...rest,
    amount: exactNumber(amount),
    reasons: [...reasons],
    ...(claim ? { claimedBy: claim.by, claimedUntil: claim.until } : {}),
    ...(decision ? { decision: presentDecision(decision) } : {}),
  };
}

function presentDecision({ verdict, by, at, ...words }: NonNullable<Review['decision']>) {
  return { decision: verdict, ...words, decidedBy: by, decidedAt: at };
}
