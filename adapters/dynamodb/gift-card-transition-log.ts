import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { GiftCardTransitionLog } from '../../core/gift-cards/ports.ts';
import type { GiftCardTransition } from '../../core/gift-cards/transition.ts';
import { batchGetItems } from './batch-get.ts';
import { giftCardOccurredShards, toGiftCardTransition } from './gift-card-item.ts';

const hourMilliseconds = 3_600_000;
const pageSize = 100;

/** All transitions of gift cards by time: the index `byOccurredAt` holds their keys by hour and shard. */
export function dynamoGiftCardTransitionLog(client: DynamoDBClient, tableName: string): GiftCardTransitionLog {
  return { between: (from, to) => between(client, tableName, from, to) };
}

async function* between(
  client: DynamoDBClient,
  tableName: string,
  from: Date,
  to: Date,
): AsyncGenerator<readonly GiftCardTransition[]> {
  const firstHour = Math.floor(from.getTime() / hourMilliseconds) * hourMilliseconds;
  for (let hour = firstHour; hour <= to.getTime(); hour += hourMilliseconds) {
    for (let shard = 0; shard < giftCardOccurredShards; shard += 1) {
      const partition = `${new Date(hour).toISOString().slice(0, 13)}#${shard}`;
      yield* partitionBetween(client, tableName, partition, [from.toISOString(), to.toISOString()]);
    }
  }
}

async function* partitionBetween(
  client: DynamoDBClient,
  tableName: string,
  partition: string,
  [from, to]: readonly [string, string],
): AsyncGenerator<readonly GiftCardTransition[]> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'byOccurredAt',
        KeyConditionExpression: 'occurredHour = :partition AND occurredAt BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':partition': { S: partition }, ':from': { S: from }, ':to': { S: to } },
        Limit: pageSize,
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    const keys = (page.Items ?? []).flatMap(({ pk, sk }) => (pk && sk ? [{ pk, sk }] : []));
    if (keys.length > 0) yield (await batchGetItems(client, tableName, keys)).map(toGiftCardTransition);
    startKey = page.LastEvaluatedKey;
  } while (startKey);
}
