import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { deriveId } from '../../core/ids.ts';
import type { GuessCounter } from '../../core/gift-cards/ports.ts';
import { epochSeconds } from './epoch-seconds.ts';
import { isConditionalCheckFailed } from './errors.ts';

/** As the other guards: an hour longer than what it guards. */
const keptSeconds = 2 * 3600;

/**
 * Counts guesses at gift cards' codes per caller and hour in the guards table, at most `limitPerHour`. An item holds
 * the ids of the guesses as a set, so that one that is counted or taken back twice, because an answer got lost, counts
 * once: neither stricter nor laxer.
 */
export function dynamoGuessCounter(client: DynamoDBClient, tableName: string, limitPerHour: number): GuessCounter {
  const keyOf = (principalId: string, now: Date) => ({
    pk: { S: `${deriveId('gift-card-guesses#', principalId)}#${now.toISOString().slice(0, 13)}` },
  });
  return {
    count: async ({ principalId, guessId, now }) => {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(principalId, now),
            UpdateExpression: 'ADD guesses :guess SET expiresAt = :expiresAt',
            ConditionExpression:
              'attribute_not_exists(guesses) OR size(guesses) < :limit OR contains(guesses, :guessId)',
            ExpressionAttributeValues: {
              ':guess': { SS: [guessId] },
              ':guessId': { S: guessId },
              ':limit': { N: String(limitPerHour) },
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
    takeBack: async ({ principalId, guessId, now }) => {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(principalId, now),
          UpdateExpression: 'DELETE guesses :guess',
          ExpressionAttributeValues: { ':guess': { SS: [guessId] } },
        }),
      );
    },
  };
}
