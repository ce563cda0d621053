import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { deriveId } from '../../core/ids.ts';
import type { TokenizingCounter, UsedEnvelope } from '../../core/tokens/ports.ts';
import { isConditionalCheckFailed } from './errors.ts';
import { epochSeconds } from './epoch-seconds.ts';

/** Guards outlive what they guard by an hour, since the reaper may come at any time after they end. */
const spareSeconds = 3600;

/**
 * The put that uses an envelope up, for the transaction of whatever it is good for; its condition fails for one that
 * was used before. Not only for one caller: a copied envelope is worth nothing to a second one either.
 */
export function useEnvelope(tableName: string, { kid, jti, staleAt }: UsedEnvelope): TransactWriteItem {
  return {
    Put: {
      TableName: tableName,
      Item: marshall({ pk: deriveId('envelope#', kid, jti), expiresAt: epochSeconds(staleAt) + spareSeconds }),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/**
 * Counts tokenized cards per caller, BIN and hour in the guards table, at most `limitPerHour`. A repeated try may
 * count twice: stricter than meant, never laxer.
 */
export function dynamoTokenizingCounter(
  client: DynamoDBClient,
  tableName: string,
  limitPerHour: number,
): TokenizingCounter {
  return {
    count: async (ownerId, bin, now) => {
      const hour = now.toISOString().slice(0, 13);
      const hourEnd = epochSeconds(new Date(`${hour}:00:00.000Z`)) + 3600;
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: marshall({ pk: `${deriveId('tokenizing#', ownerId, bin)}#${hour}` }),
            UpdateExpression: 'ADD cards :one SET expiresAt = :expiresAt',
            ConditionExpression: 'attribute_not_exists(cards) OR cards < :limit',
            ExpressionAttributeValues: marshall({
              ':one': 1,
              ':limit': limitPerHour,
              ':expiresAt': hourEnd + spareSeconds,
            }),
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
