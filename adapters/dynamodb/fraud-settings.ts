import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { FraudSettingsBook } from '../../core/fraud/ports.ts';
import { defaultSettings } from '../../core/fraud/settings.ts';
import { settingsKey, toKeptSettings, toSettingsItem } from './fraud-settings-item.ts';
import { putVersion } from './put-version.ts';

/** What operators have set, in the fraud table. */
export function dynamoFraudSettings(client: DynamoDBClient, tableName: string): FraudSettingsBook {
  return {
    read: async () => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: settingsKey, ConsistentRead: true }),
      );
      return item ? toKeptSettings(item) : { settings: defaultSettings, version: 0 };
    },
    write: (kept) => putVersion(client, tableName, toSettingsItem(kept), kept.version),
  };
}
