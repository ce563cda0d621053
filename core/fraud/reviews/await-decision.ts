import { ReviewContended } from './decide-review.ts';
import type { ReviewStore } from './ports.ts';

/** Thrown when the verdict came first: nobody will answer the task, and the workflow goes on. */
export class ReviewDecided extends Error {
  override readonly name = reviewDecided;
}
export const reviewDecided = 'ReviewDecided';

const tries = 5;

/**
 * Notes which task waits for the decision. Throws ReviewDecided when there is nothing to wait for any more. A task that was started
 * again replaces the one before.
 */
export async function awaitDecision(
  store: Pick<ReviewStore, 'find' | 'write'>,
  reviewId: string,
  taskToken: string,
  now: Date,
): Promise<void> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const review = await store.find(reviewId);
    if (!review) throw new Error(`There is no review ${reviewId} to wait for`);
    if (review.state !== 'open') throw new ReviewDecided(`Review ${reviewId} is ${review.state}`);
    if (review.taskToken === taskToken) return;
    const next = { ...review, taskToken, updatedAt: now.toISOString(), version: review.version + 1 };
    if ((await store.write(next)) === 'written') return;
  }
  throw new ReviewContended(`Review ${reviewId} changed ${tries} times while a task came to wait for it`);
}
