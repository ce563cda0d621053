import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { ListEntry } from '../../core/fraud/list-entry.ts';
import type { ListBook, ListPage, ListPosition } from '../../core/fraud/ports.ts';
import { itemsInOrder } from './filtered-page.ts';
import { everyListEntry, listEntryKey, toListEntry, toListEntryItem } from './list-entry-item.ts';
import { versionCondition } from './version-condition.ts';

/** Whom operators have blocked or allowed, in the fraud table; its index `byList` holds these items alone. */
export function dynamoListBook(client: DynamoDBClient, tableName: string): ListBook {
  return {
    find: async (id) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: listEntryKey(id), ConsistentRead: true }),
      );
      return item && toListEntry(item);
    },
    write: async (entry) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toListEntryItem(entry),
            ...versionCondition(entry.version),
          }),
        );
        return 'written';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The SDK's own second try of a write whose answer was lost runs into the first one's work.
        return error.Item && isSame(toListEntry(error.Item), entry) ? 'written' : 'changed';
      }
    },
    remove: async (id) => {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: listEntryKey(id) }));
    },
    list: (limit, after) => list(client, tableName, limit, after),
  };
}

function isSame(one: ListEntry, other: ListEntry): boolean {
  return one.version === other.version && one.createdAt === other.createdAt && one.createdBy === other.createdBy;
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
