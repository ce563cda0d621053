import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Payment } from '../../core/payments/payment.ts';
import type { PaymentPage, PaymentPosition, PaymentQuery } from '../../core/payments/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { firstListed } from './created-payments.ts';
import { matches } from './list-payments.ts';
import { createdShards, paymentKey, toPayment } from './payment-item.ts';

const dayMilliseconds = 86_400_000;
/** How many days and pages a request may read before it answers what it has with a cursor. */
const mostPages = 32;
/** Smaller than every payment's id. */
const noPaymentId = `pay_${'0'.repeat(26)}`;

/**
 * A page of a machine client's payments, newest first. Nearly all payments are those of a few clients, so that theirs
 * are found among all by day (decision record 0010): the shards of a day are merged, day by day backwards.
 */
export async function listPaymentsByCreation(
  client: DynamoDBClient,
  tableName: string,
  query: PaymentQuery,
): Promise<PaymentPage> {
  const found: Payment[] = [];
  let oldest = query.from ?? '';
  let position = query.after ?? { paymentId: '~', createdAt: newest(query) };
  for (let page = 0; page < mostPages; page += 1) {
    if (position.createdAt < oldest) return { payments: found, next: undefined };
    const dayStart = startOfDay(position.createdAt);
    const from = oldest > dayStart ? oldest : dayStart;
    const positions = await newestOfDay(client, tableName, { position, from, limit: query.limit });
    const payments = await readAll(client, tableName, positions);
    for (const at of positions) {
      const payment = payments.get(at.paymentId);
      position = at;
      if (payment?.ownerId === query.ownerId && matches(payment, query)) found.push(payment);
      if (found.length === query.limit) return { payments: found, next: position };
    }
    // The day is over: what comes next was created before it.
    if (positions.length < query.limit) {
      position = { paymentId: noPaymentId, createdAt: endOfDayBefore(dayStart) };
      if (oldest === '') oldest = await firstListed(client, tableName, query.now);
    }
  }
  return { payments: found, next: position };
}

function newest({ to, now }: PaymentQuery): string {
  // Clocks differ: what another function dated a moment ahead is listed as well.
  const latest = new Date(now.getTime() + dayMilliseconds).toISOString();
  return to === undefined || to > latest ? latest : to;
}

function startOfDay(time: string): string {
  return `${time.slice(0, 10)}T00:00:00.000Z`;
}

function endOfDayBefore(dayStart: string): string {
  return new Date(Date.parse(dayStart) - 1).toISOString();
}

interface Stretch {
  /** Where the last page ended: not listed again. */
  readonly position: PaymentPosition;
  readonly from: string;
  readonly limit: number;
}

/** The newest of a day that are older than the position, up to the limit. */
async function newestOfDay(
  client: DynamoDBClient,
  tableName: string,
  stretch: Stretch,
): Promise<readonly PaymentPosition[]> {
  const shards = Array.from({ length: createdShards }, (_, shard) => newestOfShard(client, tableName, shard, stretch));
  return (await Promise.all(shards)).flat().toSorted(newestFirst).slice(0, stretch.limit);
}

/** Those of one shard. What was created in one millisecond comes in no order, so that all of it is read. */
async function newestOfShard(
  client: DynamoDBClient,
  tableName: string,
  shard: number,
  { position, from, limit }: Stretch,
): Promise<readonly PaymentPosition[]> {
  const found: PaymentPosition[] = [];
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'byCreatedAt',
        KeyConditionExpression: 'createdShard = :partition AND createdAt BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':partition': { S: `${position.createdAt.slice(0, 10)}#${shard}` },
          ':from': { S: from },
          ':to': { S: position.createdAt },
        },
        ScanIndexForward: false,
        Limit: limit + 1,
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    const positions = (page.Items ?? []).flatMap(({ pk, createdAt }) =>
      pk?.S !== undefined && createdAt?.S !== undefined ? [{ paymentId: pk.S, createdAt: createdAt.S }] : [],
    );
    found.push(...positions.filter((each) => newestFirst(position, each) < 0));
    startKey = page.LastEvaluatedKey;
  } while (startKey && (found.length <= limit || found.at(limit - 1)?.createdAt === found.at(-1)?.createdAt));
  return found;
}

function newestFirst(one: PaymentPosition, other: PaymentPosition): number {
  if (one.createdAt !== other.createdAt) return one.createdAt > other.createdAt ? -1 : 1;
  return Number(one.paymentId < other.paymentId) - Number(one.paymentId > other.paymentId);
}

async function readAll(client: DynamoDBClient, tableName: string, positions: readonly PaymentPosition[]) {
  const keys = positions.map(({ paymentId }) => paymentKey(paymentId));
  const items = await batchGetItems(client, tableName, keys);
  return new Map(items.map(toPayment).map((payment) => [payment.id, payment]));
}
