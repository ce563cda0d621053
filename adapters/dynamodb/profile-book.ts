import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ProfileBook } from '../../core/fraud/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { profileKey, toProfile, toProfileItem } from './profile-item.ts';
import { putVersion } from './put-version.ts';

/** Profiles in the fraud table (docs/architecture.md, "Tables"). */
export function dynamoProfileBook(client: DynamoDBClient, tableName: string): ProfileBook {
  return {
    read: async (profiles) => {
      const keys = profiles.map(({ kind, id }) => profileKey(kind, id));
      return (await batchGetItems(client, tableName, keys, { consistent: true })).map(toProfile);
    },
    write: (profile) => putVersion(client, tableName, toProfileItem(profile), profile.version),
  };
}
