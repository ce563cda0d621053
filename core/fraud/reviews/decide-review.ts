import type { ReviewStore } from './ports.ts';
import type { Review, ReviewClaim, ReviewDecision, ReviewVerdict } from './review.ts';
import { deadlineReviewer, rivalClaim } from './review.ts';
import { reviewTransition } from './review-transition.ts';

export interface DecideReviewRequest {
  readonly reviewId: string;
  readonly verdict: ReviewVerdict;
  readonly reason: string;
  readonly note?: string | undefined;
  /** Who decides. */
  readonly by: string;
}

export type DecideReviewResult =
  | { readonly kind: 'decided'; readonly review: Review }
  | { readonly kind: 'unknown' }
  /** Somebody decided before, or the deadline has. */
  | { readonly kind: 'decidedBefore'; readonly review: Review }
  /** Somebody else is looking at it. */
  | { readonly kind: 'claimed'; readonly claim: ReviewClaim };

/** Thrown when others kept changing a review; whoever asked may ask again. */
export class ReviewContended extends Error {
  override readonly name = 'ReviewContended';
}

const tries = 5;

/**
 * Decides a review.
 *
 * Primary course:
 * 1. The review is open, and nobody else looks at it just now. The deadline waits for nobody.
 * 2. Review, payment and the transition between are written in one transaction, on the condition that the review is still
 *    as it was read: of two who decide at once, one does.
 *
 * What is left to do at the acquirer stands in the payment as pending: whoever waits for the verdict does it, or the resolver. The same
 * decision of the same reviewer again is answered as it was.
 */
export async function decideReview(
  store: ReviewStore,
  request: DecideReviewRequest,
  now: Date,
): Promise<DecideReviewResult> {
  const { reviewId, by } = request;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const review = await store.find(reviewId);
    if (!review) return { kind: 'unknown' };
    if (review.state !== 'open') return decidedBefore(review, request);
    const claim = by === deadlineReviewer ? undefined : rivalClaim(review, by, now);
    if (claim) return { kind: 'claimed', claim };
    const payment = await store.findPayment(review.paymentId);
    if (!payment) throw new Error(`Review ${reviewId} is about ${review.paymentId}, which does not exist`);
    // Whoever was faster has decided: the next turn reads that.
    if (payment.review?.state !== 'open') continue;
    const transition = reviewTransition(payment, request, now);
    const decided = decidedReview(review, request, now);
    if ((await store.record(transition, decided)) === 'recorded') return { kind: 'decided', review: decided };
  }
  throw new ReviewContended(`Review ${reviewId} changed ${tries} times while it was decided`);
}

function decidedReview(review: Review, { verdict, reason, note, by }: DecideReviewRequest, now: Date): Review {
  const { claim: _over, ...rest } = review;
  const at = now.toISOString();
  const decision: ReviewDecision = { verdict, reason, ...(note === undefined ? {} : { note }), by, at };
  const state = verdict === 'approve' ? 'approved' : 'declined';
  return { ...rest, state, decision, updatedAt: at, version: review.version + 1 };
}

function decidedBefore(review: Review, { verdict, reason, note, by }: DecideReviewRequest): DecideReviewResult {
  const { decision } = review;
  const isSame =
    decision?.verdict === verdict && decision.reason === reason && decision.note === note && decision.by === by;
  return { kind: isSame ? 'decided' : 'decidedBefore', review };
}
