import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { fraudReasonCodes } from '../../core/fraud/assessment.ts';
import type { Review } from '../../core/fraud/reviews/review.ts';
import { reviewStates, reviewVerdicts } from '../../core/fraud/reviews/review.ts';
import { amount } from './amount.ts';

const reviewItem = z.object({
  pk: z.string(),
  paymentId: z.string(),
  sellerId: z.string(),
  buyerId: z.string(),
  amount,
  currency: z.string(),
  score: z.number(),
  reasons: z.array(z.object({ code: z.enum(fraudReasonCodes), text: z.string() })),
  decidedBy: z.enum(['model', 'rules']),
  state: z.enum(reviewStates),
  claim: z.object({ by: z.string(), until: z.string() }).exactOptional(),
  decision: z
    .object({
      verdict: z.enum(reviewVerdicts),
      reason: z.string(),
      note: z.string().exactOptional(),
      by: z.string(),
      at: z.string(),
    })
    .exactOptional(),
  deadline: z.string(),
  taskToken: z.string().exactOptional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  version: z.int(),
});

/** The key of a review's item. */
export function reviewKey(reviewId: string): Record<string, AttributeValue> {
  return { pk: { S: reviewId } };
}

/** The key of the item that counts the reviews which were opened on a day (UTC). In: days since the Unix epoch. */
export function reviewsOfDayKey(day: number): Record<string, AttributeValue> {
  return { pk: { S: `opened#${new Date(day * 86_400_000).toISOString().slice(0, 10)}` } };
}

export function toReviewItem({ id, ...review }: Review): Record<string, AttributeValue> {
  return marshall({ ...review, pk: id });
}

/** Throws when the item is not a review as this release writes it. */
export function toReview(item: Record<string, AttributeValue>): Review {
  const { pk, ...rest } = reviewItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}
