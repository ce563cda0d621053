import { ReviewContended } from './decide-review.ts';
import type { ReviewStore } from './ports.ts';
import type { Review, ReviewClaim } from './review.ts';
import { claimUntil, rivalClaim } from './review.ts';

export type ClaimReviewResult =
  | { readonly kind: 'claimed'; readonly review: Review }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'decidedBefore'; readonly review: Review }
  | { readonly kind: 'claimedByOther'; readonly claim: ReviewClaim };

const tries = 5;

/**
 * Takes a review for one reviewer, so that no two look at the same. A claim ends by itself after half an hour; claiming again
 * prolongs it.
 */
export async function claimReview(
  store: Pick<ReviewStore, 'find' | 'write'>,
  reviewId: string,
  reviewer: string,
  now: Date,
): Promise<ClaimReviewResult> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const review = await store.find(reviewId);
    if (!review) return { kind: 'unknown' };
    if (review.state !== 'open') return { kind: 'decidedBefore', review };
    const claim = rivalClaim(review, reviewer, now);
    if (claim) return { kind: 'claimedByOther', claim };
    const claimed: Review = {
      ...review,
      claim: { by: reviewer, until: claimUntil(now) },
      updatedAt: now.toISOString(),
      version: review.version + 1,
    };
    if ((await store.write(claimed)) === 'written') return { kind: 'claimed', review: claimed };
  }
  throw new ReviewContended(`Review ${reviewId} changed ${tries} times while it was claimed`);
}
