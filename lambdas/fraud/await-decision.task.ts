import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoReviews } from '../../adapters/dynamodb/review-store.ts';
import { awaitDecision } from '../../core/fraud/reviews/await-decision.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ REVIEWS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const store = dynamoReviews(createDynamoDBClient(), readEnvironment(environment).REVIEWS_TABLE_NAME);

/** Its answer is none: the workflow waits for somebody to answer for the task. */
export const handler = taskHandler(
  z.object({ reviewId: z.string(), taskToken: z.string() }),
  async ({ reviewId, taskToken }) => {
    await awaitDecision(store, reviewId, taskToken, new Date());
  },
);
