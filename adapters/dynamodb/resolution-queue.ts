import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Payment } from '../../core/payments/payment.ts';
import type { DuePage, DuePosition, ResolutionQueue } from '../../core/payments/ports.ts';
import { isConditionalCheckFailed } from './errors.ts';
import { paymentKey } from './payment-item.ts';
import { findPayment } from './payment-store.ts';

/** What is due, by the sparse index `byResolveAt`: only payments with something to do are in it. */
export function dynamoResolutionQueue(client: DynamoDBClient, tableName: string): ResolutionQueue {
  return {
    due: (shard, now, limit, after) => due(client, tableName, { shard: `resolve#${shard}`, now, limit, after }),
    find: (paymentId) => findPayment(client, tableName, paymentId),
    beginRound: (payment, lookAgainAt) => beginRound(client, tableName, payment, lookAgainAt),
  };
}

async function due(
  client: DynamoDBClient,
  tableName: string,
  query: {
    readonly shard: string;
    readonly now: Date;
    readonly limit: number;
    readonly after: DuePosition | undefined;
  },
): Promise<DuePage> {
  const { shard, now, limit, after } = query;
  const { Items: items = [], LastEvaluatedKey: last } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byResolveAt',
      KeyConditionExpression: 'resolveShard = :shard AND resolveAt <= :now',
      ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { S: now.toISOString() } },
      Limit: limit,
      ...(after ? { ExclusiveStartKey: startKey(shard, after) } : {}),
    }),
  );
  const positions = [...items, ...(last ? [last] : [])].map(toPosition);
  return {
    paymentIds: positions.slice(0, items.length).flatMap((position) => (position ? [position.paymentId] : [])),
    next: last && positions.at(-1),
  };
}

function toPosition({ pk, resolveAt }: Record<string, AttributeValue>): DuePosition | undefined {
  return pk?.S !== undefined && resolveAt?.S !== undefined ? { paymentId: pk.S, resolveAt: resolveAt.S } : undefined;
}

function startKey(shard: string, { paymentId, resolveAt }: DuePosition): Record<string, AttributeValue> {
  return { ...paymentKey(paymentId), resolveShard: { S: shard }, resolveAt: { S: resolveAt } };
}

async function beginRound(
  client: DynamoDBClient,
  tableName: string,
  payment: Payment,
  lookAgainAt: Date,
): Promise<boolean> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: paymentKey(payment.id),
    // Whoever looks into it looks after what was begun, too.
    UpdateExpression: 'SET resolveAt = :again, resolveRound = :next REMOVE begun',
    // The run may be faster than this note: what it has resolved must not come back, nor its next date be lost.
    ConditionExpression: 'resolveRound = :round AND resolveAt = :read',
    ExpressionAttributeValues: {
      ':again': { S: lookAgainAt.toISOString() },
      ':round': { N: String(payment.resolveRound) },
      ':next': { N: String(payment.resolveRound + 1) },
      ':read': { S: payment.resolveAt ?? '' },
    },
  });
  try {
    await client.send(command);
    return true;
  } catch (error) {
    if (isConditionalCheckFailed(error)) return false;
    throw error;
  }
}
