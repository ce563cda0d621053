import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { StoredTransition, TransitionLog, TransitionPage } from '../../core/payments/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { occurredShards } from './payment-item.ts';
import { toTransition } from './transition-item.ts';

const hourMilliseconds = 3_600_000;
const pageSize = 100;

/** All transitions by time: the index `byOccurredAt` holds their keys by hour and shard. */
export function dynamoTransitionLog(client: DynamoDBClient, tableName: string): TransitionLog {
  return { between: (from, to) => between(client, tableName, from, to) };
}

async function* between(
  client: DynamoDBClient,
  tableName: string,
  from: Date,
  to: Date,
): AsyncGenerator<TransitionPage> {
  const firstHour = Math.floor(from.getTime() / hourMilliseconds) * hourMilliseconds;
  for (let hour = firstHour; hour <= to.getTime(); hour += hourMilliseconds) {
    for (let shard = 0; shard < occurredShards; shard += 1) {
      const partition = `${new Date(hour).toISOString().slice(0, 13)}#${shard}`;
      yield* partitionBetween(client, tableName, partition, from, to);
    }
  }
}

async function* partitionBetween(
  client: DynamoDBClient,
  tableName: string,
  partition: string,
  from: Date,
  to: Date,
): AsyncGenerator<TransitionPage> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'byOccurredAt',
        KeyConditionExpression: 'occurredHour = :partition AND occurredAt BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':partition': { S: partition },
          ':from': { S: from.toISOString() },
          ':to': { S: to.toISOString() },
        },
        Limit: pageSize,
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    const keys = (page.Items ?? []).flatMap(({ pk, sk }) => (pk && sk ? [{ pk, sk }] : []));
    if (keys.length > 0) yield toPage(await batchGetItems(client, tableName, keys));
    startKey = page.LastEvaluatedKey;
  } while (startKey);
}

function toPage(items: readonly Record<string, AttributeValue>[]): TransitionPage {
  const transitions: StoredTransition[] = [];
  const unreadable: string[] = [];
  for (const item of items) {
    try {
      transitions.push(toTransition(item));
    } catch {
      unreadable.push(`${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`);
    }
  }
  return { transitions, unreadable };
}
