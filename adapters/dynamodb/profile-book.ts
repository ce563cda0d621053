import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ProfileBook } from '../../core/fraud/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { profileKey, toProfile, toProfileItem } from './profile-item.ts';

/** Profiles in the fraud table (docs/architecture.md, "Tables"). */
export function dynamoProfileBook(client: DynamoDBClient, tableName: string): ProfileBook {
  return {
    read: async (profiles) => {
      const keys = profiles.map(({ kind, id }) => profileKey(kind, id));
      return (await batchGetItems(client, tableName, keys, { consistent: true })).map(toProfile);
    },
    write: async (profile) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toProfileItem(profile),
            ...(profile.version === 1
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'version = :before',
                  ExpressionAttributeValues: { ':before': { N: String(profile.version - 1) } },
                }),
          }),
        );
        return 'written';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'changed';
        throw error;
      }
    },
  };
}
