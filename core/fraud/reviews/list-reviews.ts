import { decodeCursor, encodeCursor, isTimestamp } from '../../lists/cursor.ts';
import type { ReviewLists, ReviewPosition, ReviewQuery } from './ports.ts';
import type { Review } from './review.ts';

export interface ListReviewsRequest extends Omit<ReviewQuery, 'after'> {
  readonly cursor?: string | undefined;
}

export type ListReviewsResult =
  | { readonly kind: 'page'; readonly reviews: readonly Review[]; readonly nextCursor: string | null }
  | { readonly kind: 'cursorInvalid' };

/**
 * A page of reviews; whoever asks is an operator, by the route's scope. A filtered page may hold fewer than `limit` and still have a
 * next one. A cursor belongs to its filters; with others it is `cursorInvalid`.
 */
export async function listReviews(
  reviews: ReviewLists,
  { cursor, ...filters }: ListReviewsRequest,
): Promise<ListReviewsResult> {
  const { state, minScore, reason, sellerId, from, to } = filters;
  const list = ['reviews', ...[state, minScore, reason, sellerId, from, to].map((filter) => String(filter ?? ''))];
  const after = cursor === undefined ? undefined : toPosition(decodeCursor(list, cursor));
  if (cursor !== undefined && !after) return { kind: 'cursorInvalid' };
  const page = await reviews.list({ ...filters, after });
  return {
    kind: 'page',
    reviews: page.reviews,
    nextCursor: page.next ? encodeCursor(list, { ...page.next }) : null,
  };
}

/** Anybody can make a cursor (lists/cursor.ts): only values that a list could have ended with are taken. */
function toPosition(key: Readonly<Record<string, string>> | undefined): ReviewPosition | undefined {
  const { id = '', createdAt = '' } = key ?? {};
  return /^rev_[0-9a-z]{26}$/u.test(id) && isTimestamp(createdAt) ? { id, createdAt } : undefined;
}
