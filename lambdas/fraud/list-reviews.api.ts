import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoReviewLists } from '../../adapters/dynamodb/review-lists.ts';
import { reviewRoutes } from '../../contracts/reviews.ts';
import { listReviews } from '../../core/fraud/reviews/list-reviews.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentReview } from './present-review.ts';

const environment = z.object({ REVIEWS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const reviews = dynamoReviewLists(createDynamoDBClient(), readEnvironment(environment).REVIEWS_TABLE_NAME);

export const handler = apiHandler(reviewRoutes.listReviews, async ({ query }) => {
  const result = await listReviews(reviews, query);
  switch (result.kind) {
    case 'cursorInvalid':
      throw new ProblemError('invalid_cursor', 'Use nextCursor of the page before, with the same filters.');
    case 'page':
      return { status: 200, body: { data: result.reviews.map(presentReview), nextCursor: result.nextCursor } };
  }
});
