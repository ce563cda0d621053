import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoReviews } from '../../adapters/dynamodb/review-store.ts';
import { reviewRoutes } from '../../contracts/reviews.ts';
import { claimReview } from '../../core/fraud/reviews/claim-review.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { presentReview } from './present-review.ts';
import { reviewClaimed, reviewDecided, reviewNotFound } from './review-problems.ts';

const environment = z.object({ REVIEWS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const store = dynamoReviews(createDynamoDBClient(), readEnvironment(environment).REVIEWS_TABLE_NAME);

export const handler = apiHandler(reviewRoutes.claimReview, async ({ principal, path, now }) => {
  const result = await claimReview(store, path.id, principal.id, now);
  switch (result.kind) {
    case 'unknown':
      throw reviewNotFound();
    case 'decidedBefore':
      throw reviewDecided(result.review);
    case 'claimedByOther':
      throw reviewClaimed(result.claim);
    case 'claimed':
      return { status: 200, body: presentReview(result.review) };
  }
});
