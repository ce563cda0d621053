import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { findReview } from '../../adapters/dynamodb/review-store.ts';
import { reviewRoutes } from '../../contracts/reviews.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { presentReview } from './present-review.ts';
import { reviewNotFound } from './review-problems.ts';

const environment = z.object({ REVIEWS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();

export const handler = apiHandler(reviewRoutes.getReview, async ({ path }) => {
  const review = await findReview(client, settings.REVIEWS_TABLE_NAME, path.id);
  if (!review) throw reviewNotFound();
  return { status: 200, body: presentReview(review) };
});
