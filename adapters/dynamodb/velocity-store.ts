import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Velocity, VelocityCounts, VelocityKey } from '../../core/fraud/score-fraud.ts';

/** An item stops growing here: whoever gets this far is far beyond every limit, and the item stays under 4 KB. */
const mostCounted = 100;
const keptSeconds = 2 * 3600;

export interface VelocityStore extends Velocity {
  /** Counts a decline by the issuer. */
  countDecline(key: VelocityKey, paymentId: string, now: Date): Promise<void>;
}

/**
 * Counters of an hour: an item holds the ids of the payments it counted, as a set, so that a payment that is told twice
 * counts once and one UpdateItem both counts and reads.
 */
export function dynamoVelocityStore(client: DynamoDBClient, tableName: string): VelocityStore {
  const count = async (set: 'attempts' | 'declines', key: VelocityKey, paymentId: string, now: Date) => {
    try {
      const { Attributes: item } = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: `${key.entity}#${key.value}#${now.toISOString().slice(0, 13)}` } },
          UpdateExpression: 'ADD #set :payment SET expiresAt = :expiresAt',
          ConditionExpression: 'attribute_not_exists(#set) OR size(#set) < :most',
          ExpressionAttributeNames: { '#set': set },
          ExpressionAttributeValues: {
            ':payment': { SS: [paymentId] },
            ':most': { N: String(mostCounted) },
            ':expiresAt': { N: String(Math.floor(now.getTime() / 1000) + keptSeconds) },
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return toCounts(item);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return toCounts(error.Item);
      throw error;
    }
  };
  return {
    countAttempt: (key, paymentId, now) => count('attempts', key, paymentId, now),
    countDecline: async (key, paymentId, now) => {
      await count('declines', key, paymentId, now);
    },
  };
}

function toCounts(item: Readonly<Record<string, { SS?: string[] | undefined }>> | undefined): VelocityCounts {
  return { attempts: item?.['attempts']?.SS?.length ?? 0, declines: item?.['declines']?.SS?.length ?? 0 };
}
