import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CreatedPayments, Watermark } from '../../core/payments/ports.ts';
import { createdShards } from './payment-item.ts';

const dayMilliseconds = 86_400_000;
const pageSize = 100;

/** The index `byCreatedAt` holds the keys of all payments by day and shard, in the order of their creation. */
export function dynamoCreatedPayments(client: DynamoDBClient, tableName: string): CreatedPayments {
  return { between: (after, until) => between(client, tableName, after, until) };
}

async function* between(
  client: DynamoDBClient,
  tableName: string,
  after: Date,
  until: Date,
): AsyncGenerator<readonly string[]> {
  const firstDay = Math.floor(after.getTime() / dayMilliseconds) * dayMilliseconds;
  for (let day = firstDay; day <= until.getTime(); day += dayMilliseconds) {
    for (let shard = 0; shard < createdShards; shard += 1) {
      const partition = `${new Date(day).toISOString().slice(0, 10)}#${shard}`;
      yield* partitionBetween(client, tableName, partition, [after.toISOString(), until.toISOString()]);
    }
  }
}

async function* partitionBetween(
  client: DynamoDBClient,
  tableName: string,
  partition: string,
  [after, until]: readonly [string, string],
): AsyncGenerator<readonly string[]> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'byCreatedAt',
        KeyConditionExpression: 'createdShard = :partition AND createdAt BETWEEN :after AND :until',
        ExpressionAttributeValues: { ':partition': { S: partition }, ':after': { S: after }, ':until': { S: until } },
        Limit: pageSize,
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    const ids = (page.Items ?? []).flatMap(({ pk, createdAt }) =>
      pk?.S !== undefined && createdAt?.S !== after ? [pk.S] : [],
    );
    if (ids.length > 0) yield ids;
    startKey = page.LastEvaluatedKey;
  } while (startKey);
}

const watermarkKey = { pk: { S: 'watermark' }, sk: { S: 'note-expiries' } };

/** Up to when authorizations that run out were noted: one item beside the payments. */
export function dynamoExpiryWatermark(client: DynamoDBClient, tableName: string): Watermark {
  return {
    read: async () => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: watermarkKey, ConsistentRead: true }),
      );
      return item?.['walkedUntil']?.S === undefined ? undefined : new Date(item['walkedUntil'].S);
    },
    write: async (time) => {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: watermarkKey,
        UpdateExpression: 'SET walkedUntil = :time, listedFrom = if_not_exists(listedFrom, :first)',
        ExpressionAttributeValues: { ':time': { S: time.toISOString() }, ':first': { S: beforeFirstRun(time) } },
      });
      await client.send(command);
    },
  };
}

/** The hourly schedule runs from the first hour on: what is older than this before its first run never was. */
const spareDays = 30;

function beforeFirstRun(time: Date): string {
  return new Date(time.getTime() - spareDays * dayMilliseconds).toISOString();
}

/** The time before which no payment was created: there a list of all payments ends. */
export async function firstListed(client: DynamoDBClient, tableName: string, now: Date): Promise<string> {
  const { Item: item } = await client.send(new GetItemCommand({ TableName: tableName, Key: watermarkKey }));
  return item?.['listedFrom']?.S ?? beforeFirstRun(now);
}
