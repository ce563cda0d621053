import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoFraudSettings } from '../../adapters/dynamodb/fraud-settings.ts';
import { dynamoReviewStore } from '../../adapters/dynamodb/review-store.ts';
import { endReview } from '../../core/fraud/reviews/end-review.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({
  FRAUD_TABLE_NAME: z.string(),
  PAYMENTS_TABLE_NAME: z.string(),
  REVIEWS_TABLE_NAME: z.string(),
});
export type Environment = z.input<typeof environment>;

const { FRAUD_TABLE_NAME, PAYMENTS_TABLE_NAME, REVIEWS_TABLE_NAME } = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  store: dynamoReviewStore(client, { paymentsTableName: PAYMENTS_TABLE_NAME, reviewsTableName: REVIEWS_TABLE_NAME }),
  settings: dynamoFraudSettings(client, FRAUD_TABLE_NAME),
};

/** What nobody decided by its deadline is decided by the configured default. */
export const handler = taskHandler(z.object({ paymentId: z.string() }), async ({ paymentId }) => ({
  state: await endReview(dependencies, paymentId, new Date()),
}));
