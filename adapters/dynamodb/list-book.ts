import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ListBook, ListPage, ListPosition } from '../../core/fraud/ports.ts';
import { itemsInOrder } from './filtered-page.ts';
import { everyListEntry, listEntryKey, toListEntry, toListEntryItem } from './list-entry-item.ts';
import { putVersion } from './put-version.ts';

/** Whom operators have blocked or allowed, in the fraud table; its index `byList` holds these items alone. */
export function dynamoListBook(client: DynamoDBClient, tableName: string): ListBook {
  return {
    find: async (id) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: listEntryKey(id), ConsistentRead: true }),
      );
      return item && toListEntry(item);
    },
    write: (entry) => putVersion(client, tableName, toListEntryItem(entry), entry.version),
    remove: async (id) => {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: listEntryKey(id) }));
    },
    list: (limit, after) => list(client, tableName, limit, after),
  };
}

async function list(
  client: DynamoDBClient,
  tableName: string,
  limit: number,
  after: ListPosition | undefined,
): Promise<ListPage> {
  const inList = { list: { S: everyListEntry } };
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byList',
      KeyConditionExpression: '#list = :all',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: { ':all': { S: everyListEntry } },
      ScanIndexForward: false,
      Limit: limit,
      ...(after && {
        ExclusiveStartKey: { ...listEntryKey(after.id), ...inList, createdAt: { S: after.createdAt } },
      }),
    }),
  );
  const positions = items.flatMap(({ pk, createdAt }) =>
    pk?.S !== undefined && createdAt?.S !== undefined ? [{ id: pk.S, createdAt: createdAt.S }] : [],
  );
  const keys = positions.map(({ id }) => listEntryKey(id));
  const found = await itemsInOrder(client, tableName, keys);
  return {
    entries: found.flatMap((item) => (item ? toListEntry(item) : [])),
    next: positions.length < limit ? undefined : positions.at(-1),
  };
}
