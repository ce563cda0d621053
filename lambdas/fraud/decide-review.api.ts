import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoReviewStore } from '../../adapters/dynamodb/review-store.ts';
import { stepFunctionsReviewWorkflow } from '../../adapters/step-functions/review-workflow.ts';
import { reviewRoutes } from '../../contracts/reviews.ts';
import { decideReview } from '../../core/fraud/reviews/decide-review.ts';
import type { Review } from '../../core/fraud/reviews/review.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { presentReview } from './present-review.ts';
import { reviewClaimed, reviewDecided, reviewNotFound } from './review-problems.ts';

const environment = z.object({ PAYMENTS_TABLE_NAME: z.string(), REVIEWS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const store = dynamoReviewStore(createDynamoDBClient(), {
  paymentsTableName: settings.PAYMENTS_TABLE_NAME,
  reviewsTableName: settings.REVIEWS_TABLE_NAME,
});
const workflow = stepFunctionsReviewWorkflow();

export const handler = apiHandler(reviewRoutes.decideReview, async ({ principal, path, body, now }) => {
  const { decision: verdict, reason, note } = body;
  const result = await decideReview(store, { reviewId: path.id, verdict, reason, note, by: principal.id }, now);
  switch (result.kind) {
    case 'unknown':
      throw reviewNotFound();
    case 'decidedBefore':
      throw reviewDecided(result.review);
    case 'claimed':
      throw reviewClaimed(result.claim);
    case 'decided':
      await tellWorkflow(result.review);
      return { status: 200, body: presentReview(result.review) };
  }
});

/** The verdict stands whoever hears of it: what it leaves to do is in the payment, and the resolver does it within minutes. */
async function tellWorkflow({ id, taskToken, decision }: Review): Promise<void> {
  if (taskToken === undefined || !decision) return;
  try {
    await workflow.resume(taskToken, decision.verdict);
  } catch (error) {
    log.warn('nobody was told of a verdict', { reviewId: id, error });
  }
}
