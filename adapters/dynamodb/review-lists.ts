import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ReviewLists, ReviewPage, ReviewPosition, ReviewQuery } from '../../core/fraud/reviews/ports.ts';
import type { Review } from '../../core/fraud/reviews/review.ts';
import { filteredPage, itemsInOrder } from './filtered-page.ts';
import { reviewKey, toReview } from './review-item.ts';

/** Reviews of one state by the time of their opening: the index holds keys alone, the reviews are read in one batch. */
export function dynamoReviewLists(client: DynamoDBClient, tableName: string): ReviewLists {
  return { list: (query) => list(client, tableName, query) };
}

async function list(client: DynamoDBClient, tableName: string, query: ReviewQuery): Promise<ReviewPage> {
  const { found, next } = await filteredPage(query, {
    positionsAfter: (position: ReviewPosition | undefined) => positionsAfter(client, tableName, query, position),
    readAll: async (positions) => {
      const keys = positions.map(({ id }) => reviewKey(id));
      return (await itemsInOrder(client, tableName, keys)).map((item) => item && toReview(item));
    },
    matches: (review: Review) => matches(review, query),
  });
  return { reviews: found, next };
}

/** The state too: an index lags behind its table. */
function matches(review: Review, { state, minScore = 0, reason, sellerId }: ReviewQuery): boolean {
  return (
    review.state === state &&
    review.score >= minScore &&
    (sellerId === undefined || review.sellerId === sellerId) &&
    (reason === undefined || review.reasons.some(({ code }) => code === reason))
  );
}

async function positionsAfter(
  client: DynamoDBClient,
  tableName: string,
  { state, limit, from, to }: ReviewQuery,
  after: ReviewPosition | undefined,
): Promise<readonly ReviewPosition[]> {
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byState',
      KeyConditionExpression: '#state = :state AND createdAt BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':state': { S: state },
        // Times as text: the first character of a year, and one that comes after every digit.
        ':from': { S: from ?? '0' },
        ':to': { S: to ?? ':' },
      },
      ScanIndexForward: state === 'open',
      Limit: limit,
      ...(after ? { ExclusiveStartKey: startKey(state, after) } : {}),
    }),
  );
  return items.flatMap(({ pk, createdAt }) =>
    pk?.S !== undefined && createdAt?.S !== undefined ? [{ id: pk.S, createdAt: createdAt.S }] : [],
  );
}

function startKey(state: string, { id, createdAt }: ReviewPosition): Record<string, AttributeValue> {
  return { ...reviewKey(id), state: { S: state }, createdAt: { S: createdAt } };
}
