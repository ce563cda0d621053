import * as z from 'zod';
import { fraudReasonCodes } from '../core/fraud/assessment.ts';
import { reviewStates, reviewVerdicts } from '../core/fraud/reviews/review.ts';
import { currency, paymentId, queryTime, sellerId, text } from './payments.ts';
import type { Route } from './route.ts';
import { listOf, listQuery } from './tokens.ts';

const reviewId = z.string().regex(/^rev_[0-9a-z]{26}$/u, 'is not a review id');
const state = z.enum(reviewStates);

export const review = z
  .object({
    object: z.literal('review'),
    id: reviewId,
    paymentId,
    sellerId,
    buyerId: z.string(),
    amount: z.int(),
    currency,
    state,
    score: z.number().meta({ description: 'How probable fraud is, 0 to 1.' }),
    reasons: z.array(z.object({ code: z.enum(fraudReasonCodes), text: z.string() })),
    decidedBy: z.enum(['model', 'rules']).meta({ description: 'Who was in doubt.' }),
    deadline: z.iso.datetime().meta({ description: 'Until then a person decides; then the configured default does.' }),
    claimedBy: z.string().optional().meta({ description: 'Who looks at it just now.' }),
    claimedUntil: z.iso.datetime().optional(),
    decision: z
      .object({
        decision: z.enum(reviewVerdicts),
        reason: z.string(),
        note: z.string().optional(),
        decidedBy: z.string().meta({ description: '`deadline` when nobody decided in time.' }),
        decidedAt: z.iso.datetime(),
      })
      .optional(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    version: z.int(),
  })
  .meta({ id: 'Review' });
export type Review = z.infer<typeof review>;

export const listReviewsQuery = listQuery
  .extend({
    state: state.default('open'),
    minScore: z.coerce.number().min(0).max(1).optional().meta({ description: 'In doubt as much as this or more.' }),
    reason: z.enum(fraudReasonCodes).optional(),
    sellerId: sellerId.optional(),
    from: queryTime.optional().meta({ description: 'Opened at this time or later.' }),
    to: queryTime.optional().meta({ description: 'Opened at this time or earlier.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'is before from',
  });

const decideReviewBody = z
  .strictObject({
    decision: z.enum(reviewVerdicts),
    reason: text(256),
    note: text(2000).optional().meta({ description: 'What colleagues should know.' }),
  })
  .meta({ id: 'DecideReview' });

const capability = 'fraud';
const pathParameters = z.strictObject({ id: reviewId });

export const reviewRoutes = {
  listReviews: {
    method: 'GET',
    path: '/v1/reviews',
    scope: 'operations/read',
    capability,
    operation: 'list-reviews',
    summary: 'Payments in doubt: open ones, the oldest first, or those that were decided, the newest first.',
    idempotent: false,
    query: listReviewsQuery,
    answers: { 200: { description: 'A page of reviews.', schema: listOf(review) } },
  },
  getReview: {
    method: 'GET',
    path: '/v1/reviews/{id}',
    scope: 'operations/read',
    capability,
    operation: 'get-review',
    summary: 'One review.',
    idempotent: false,
    pathParameters,
    answers: { 200: { description: 'The review.', schema: review } },
  },
  claimReview: {
    method: 'POST',
    path: '/v1/reviews/{id}/claim',
    scope: 'operations/write',
    capability,
    operation: 'claim-review',
    summary: 'Keeps others off an open review for half an hour; again prolongs it.',
    idempotent: false,
    pathParameters,
    answers: { 200: { description: 'The review, claimed.', schema: review } },
  },
  decideReview: {
    method: 'POST',
    path: '/v1/reviews/{id}/decision',
    scope: 'operations/write',
    capability,
    operation: 'decide-review',
    summary:
      'Lets the payment go on, or voids it. Of two decisions at once one counts; the same one again is answered as it was.',
    idempotent: false,
    pathParameters,
    body: decideReviewBody,
    answers: { 200: { description: 'The review, decided.', schema: review } },
  },
} as const satisfies Record<string, Route>;
