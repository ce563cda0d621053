import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { rolesAtFirst } from '../../core/fraud/serving/model-roles.ts';
import type { ModelBook } from '../../core/fraud/serving/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { modelKey, rolesKey, toModel, toModelItem, toModelRecords, toModelRoles, toRolesItem } from './model-item.ts';
import { putVersion } from './put-version.ts';

/** Models and their roles in the fraud table. */
export function dynamoModelBook(client: DynamoDBClient, tableName: string): ModelBook {
  return {
    read: modelReader(client, tableName),
    roles: async () => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: rolesKey, ConsistentRead: true }),
      );
      return item ? toModelRoles(item) : rolesAtFirst;
    },
    writeRoles: (roles) => putVersion(client, tableName, toRolesItem(roles), roles.version),
    keep: async (record, model) => {
      // The id is the file's hash: what is there says the same, unless somebody damaged it.
      await client.send(new PutItemCommand({ TableName: tableName, Item: toModelItem(record, model) }));
    },
    records: async (ids) => (await batchGetItems(client, tableName, ids.map(modelKey))).flatMap(toModelRecords),
  };
}

/** What reads models alone. */
export function modelReader(client: DynamoDBClient, tableName: string): ModelBook['read'] {
  return async (id) => {
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: modelKey(id), ConsistentRead: true }),
    );
    if (!item) throw new Error(`There is no model ${id}`);
    return toModel(item);
  };
}
