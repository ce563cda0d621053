import type { FraudSettingsBook } from '../ports.ts';
import { decideReview } from './decide-review.ts';
import type { ReviewStore } from './ports.ts';
import type { ReviewState } from './review.ts';
import { deadlineReviewer, reviewId } from './review.ts';

interface EndReviewDependencies {
  readonly store: ReviewStore;
  readonly settings: Pick<FraudSettingsBook, 'read'>;
}

/**
 * Decides what nobody decided in time, by the configured default. Answers the state of the review: that of a person's verdict, where
 * one came first. Does nothing before the deadline, and answers `open` then. May run any number of times.
 */
export async function endReview(
  { store, settings }: EndReviewDependencies,
  paymentId: string,
  now: Date,
): Promise<ReviewState> {
  const id = reviewId(paymentId);
  const review = await store.find(id);
  if (!review) throw new Error(`There is no review ${id} to end`);
  if (review.state !== 'open' || review.deadline > now.toISOString()) return review.state;
  const { settings: current } = await settings.read();
  const request = {
    reviewId: id,
    verdict: current.reviewDefault,
    reason: 'Nobody decided in time.',
    by: deadlineReviewer,
  };
  const result = await decideReview(store, request, now);
  switch (result.kind) {
    case 'decided':
    case 'decidedBefore':
      return result.review.state;
    case 'unknown':
    case 'claimed':
      throw new Error(`Review ${id} answers ${result.kind} to its deadline`);
  }
}
