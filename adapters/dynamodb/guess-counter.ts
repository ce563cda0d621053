import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { deriveId } from '../../core/ids.ts';
import type { GuessCounter } from '../../core/gift-cards/ports.ts';
import { epochSeconds } from './epoch-seconds.ts';
import { isConditionalCheckFailed } from './errors.ts';

/** As the other guards: an hour longer than what it guards. */
const keptSeconds = 2 * 3600;

/** So many times the limit may be under way at once: right codes, of which a busy shop looks up many, count for nothing. */
const underWayPerLimit = 4;

/**
 * Counts wrong guesses at gift cards' codes per caller and hour in the guards table, at most `limitPerHour`. An item holds
 * the ids of the guesses that are under way and of those that were wrong as sets, so that one that is told twice, because an
 * answer got lost, counts once: neither stricter nor laxer. One whose end is never told stays under way for that hour.
 */
export function dynamoGuessCounter(client: DynamoDBClient, tableName: string, limitPerHour: number): GuessCounter {
  const keyOf = (principalId: string, now: Date) => ({
    pk: { S: `${deriveId('gift-card-guesses#', principalId)}#${now.toISOString().slice(0, 13)}` },
  });
  return {
    begin: async ({ principalId, guessId, now }) => {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(principalId, now),
            UpdateExpression: 'ADD underWay :guess SET expiresAt = :expiresAt',
            ConditionExpression:
              '(attribute_not_exists(wrong) OR size(wrong) < :limit) AND ' +
              '(attribute_not_exists(underWay) OR size(underWay) < :underWay OR contains(underWay, :guessId))',
            ExpressionAttributeValues: {
              ':guess': { SS: [guessId] },
              ':guessId': { S: guessId },
              ':limit': { N: String(limitPerHour) },
              ':underWay': { N: String(limitPerHour * underWayPerLimit) },
              ':expiresAt': { N: String(epochSeconds(now) + keptSeconds) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionalCheckFailed(error)) return false;
        throw error;
      }
    },
    end: async ({ principalId, guessId, now }, wasRight) => {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(principalId, now),
          UpdateExpression: wasRight ? 'DELETE underWay :guess' : 'DELETE underWay :guess ADD wrong :guess',
          ExpressionAttributeValues: { ':guess': { SS: [guessId] } },
        }),
      );
    },
  };
}
