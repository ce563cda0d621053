import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ExpiryQueue } from '../../core/gift-cards/ports.ts';

/** Gift cards whose validity has ended, by the sparse index `byExpireAt`: only cards with something to expire are in it. */
export function dynamoExpiryQueue(client: DynamoDBClient, tableName: string): ExpiryQueue {
  return {
    due: async (shard, now, limit) => {
      const { Items: items } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'byExpireAt',
          KeyConditionExpression: 'expireShard = :shard AND expireAt <= :now',
          ExpressionAttributeValues: { ':shard': { S: `expire#${shard}` }, ':now': { S: now.toISOString() } },
          Limit: limit,
        }),
      );
      return (items ?? []).flatMap(({ pk }) => (pk?.S === undefined ? [] : [pk.S]));
    },
  };
}
