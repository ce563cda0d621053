import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ResolutionQueue } from '../../core/payments/ports.ts';
import { isConditionalCheckFailed } from './errors.ts';
import { paymentKey } from './payment-item.ts';
import { findPayment } from './payment-store.ts';

/** What is due, by the sparse index `byResolveAt`: only payments with something to do are in it. */
export function dynamoResolutionQueue(client: DynamoDBClient, tableName: string): ResolutionQueue {
  return {
    due: async (shard, now, limit) => {
      const { Items: items } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'byResolveAt',
          KeyConditionExpression: 'resolveShard = :shard AND resolveAt <= :now',
          ExpressionAttributeValues: { ':shard': { S: `resolve#${shard}` }, ':now': { S: now.toISOString() } },
          Limit: limit,
        }),
      );
      return (items ?? []).flatMap(({ pk }) => (pk?.S === undefined ? [] : [pk.S]));
    },
    find: (paymentId) => findPayment(client, tableName, paymentId),
    beginRound: async (payment, lookAgainAt) => {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: paymentKey(payment.id),
            UpdateExpression: 'SET resolveAt = :again, resolveRound = :next',
            // A payment that was resolved meanwhile has left the index, and must not come back into it.
            ConditionExpression: 'resolveRound = :round AND attribute_exists(resolveAt)',
            ExpressionAttributeValues: {
              ':again': { S: lookAgainAt.toISOString() },
              ':round': { N: String(payment.resolveRound) },
              ':next': { N: String(payment.resolveRound + 1) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionalCheckFailed(error)) return false;
        throw error;
      }
    },
  };
}
