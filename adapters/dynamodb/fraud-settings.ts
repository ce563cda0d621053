import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { FraudSettingsBook } from '../../core/fraud/ports.ts';
import { defaultSettings } from '../../core/fraud/settings.ts';
import { settingsKey, toKeptSettings, toSettingsItem } from './fraud-settings-item.ts';
import { versionCondition } from './version-condition.ts';

/** What operators have set, in the fraud table. */
export function dynamoFraudSettings(client: DynamoDBClient, tableName: string): FraudSettingsBook {
  return {
    read: async () => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: settingsKey, ConsistentRead: true }),
      );
      return item ? toKeptSettings(item) : { settings: defaultSettings, version: 0 };
    },
    write: async (kept) => {
      try {
        await client.send(
          new PutItemCommand({ TableName: tableName, Item: toSettingsItem(kept), ...versionCondition(kept.version) }),
        );
        return 'written';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'changed';
        throw error;
      }
    },
  };
}
