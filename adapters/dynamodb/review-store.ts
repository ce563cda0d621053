import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ReviewStore } from '../../core/fraud/reviews/ports.ts';
import type { Review } from '../../core/fraud/reviews/review.ts';
import type { OutcomeStore } from '../../core/payments/ports.ts';
import { cancellationReasons } from './errors.ts';
import { findPayment, writesOf } from './payment-store.ts';
import { reviewKey, reviewsOfDayKey, toReview, toReviewItem } from './review-item.ts';
import { transactWrite } from './transact.ts';
import { putVersion, versionCondition } from './put-version.ts';

interface Tables {
  readonly paymentsTableName: string;
  readonly reviewsTableName: string;
}

/** The review as it stands, strongly consistent. */
export async function findReview(
  client: DynamoDBClient,
  tableName: string,
  reviewId: string,
): Promise<Review | undefined> {
  const command = new GetItemCommand({ TableName: tableName, Key: reviewKey(reviewId), ConsistentRead: true });
  const { Item: item } = await client.send(command);
  return item && toReview(item);
}

/** Reviews as far as no payment changes with them. */
export function dynamoReviews(client: DynamoDBClient, tableName: string): Pick<ReviewStore, 'find' | 'write'> {
  return {
    find: (reviewId) => findReview(client, tableName, reviewId),
    write: (review) => putVersion(client, tableName, toReviewItem(review), review.version),
  };
}

/** Reviews in a table of their own; their transitions are those of their payments, in the payments' table. */
export function dynamoReviewStore(client: DynamoDBClient, tables: Tables): ReviewStore {
  const { paymentsTableName, reviewsTableName } = tables;
  return {
    ...dynamoReviews(client, reviewsTableName),
    findPayment: (paymentId) => findPayment(client, paymentsTableName, paymentId),
    record: (transition, review) =>
      writeAll(client, [...writesOf(paymentsTableName, transition), { Put: nextVersion(reviewsTableName, review) }]),
  };
}

/** The outcomes of authorizations, and the reviews that they open. */
export function dynamoOutcomeStore(client: DynamoDBClient, tables: Tables): OutcomeStore {
  const { paymentsTableName, reviewsTableName } = tables;
  return {
    find: (paymentId) => findPayment(client, paymentsTableName, paymentId),
    record: async (transition, review) => {
      const opening = review ? [{ Put: nextVersion(reviewsTableName, review) }] : [];
      const recorded = await writeAll(client, [...writesOf(paymentsTableName, transition), ...opening]);
      if (review && recorded === 'recorded') await countReview(client, reviewsTableName, review);
      return recorded;
    },
  };
}

/**
 * Counts a review among those that were opened on its day. Not within the transaction, where all of a busy hour would meet at this one
 * item: a count that fails lets people be asked once more than they have time for, and no payment waits for it.
 */
async function countReview(client: DynamoDBClient, tableName: string, { createdAt }: Review): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: reviewsOfDayKey(Math.floor(Date.parse(createdAt) / 86_400_000)),
    UpdateExpression: 'ADD reviews :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  });
  await client.send(command).catch(() => undefined);
}

function nextVersion(tableName: string, review: Review) {
  return { TableName: tableName, Item: toReviewItem(review), ...versionCondition(review.version) };
}

async function writeAll(client: DynamoDBClient, writes: TransactWriteItem[]): Promise<'recorded' | 'changed'> {
  try {
    await transactWrite(client, writes);
    return 'recorded';
  } catch (error) {
    if (cancellationReasons(error).includes('ConditionalCheckFailed')) return 'changed';
    throw error;
  }
}
