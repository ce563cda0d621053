import type { AttributeValue, DynamoDBClient, KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';

type Item = Record<string, AttributeValue>;

const tries = 5;
/** DynamoDB takes no more at a time. */
const mostKeys = 100;

/**
 * Reads items by key, a hundred at a time, in no order, strongly consistent when asked to. DynamoDB may leave keys unprocessed when
 * it is busy: they are asked for again, a little later each time. Throws when some still lack an answer after five tries.
 */
export async function batchGetItems(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly Item[],
  { consistent = false }: { readonly consistent?: boolean } = {},
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < keys.length; from += mostKeys) {
    const group = keys.slice(from, from + mostKeys);
    const found = await getAll(client, { [tableName]: { Keys: group, ConsistentRead: consistent } });
    items.push(...(found.get(tableName) ?? []));
  }
  return items;
}

/** Reads items of several tables in one request, a hundred at most; else as batchGetItems. Answers those of each table. */
export async function batchGetFrom(
  client: DynamoDBClient,
  keys: Readonly<Record<string, readonly Item[]>>,
): Promise<ReadonlyMap<string, readonly Item[]>> {
  return getAll(client, Object.fromEntries(Object.entries(keys).map(([table, of]) => [table, { Keys: [...of] }])));
}

async function getAll(
  client: DynamoDBClient,
  requests: Record<string, KeysAndAttributes>,
): Promise<ReadonlyMap<string, readonly Item[]>> {
  const items = new Map<string, Item[]>();
  let left = Object.entries(requests).filter(([, { Keys: keys = [] }]) => keys.length > 0);
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt === tries) {
      throw new Error(`${left.flatMap(([, { Keys: keys = [] }]) => keys).length} items could not be read: busy`);
    }
    if (attempt > 0) await pause(50 * 2 ** attempt);
    const { Responses: responses = {}, UnprocessedKeys: unprocessed = {} } = await client.send(
      new BatchGetItemCommand({ RequestItems: Object.fromEntries(left) }),
    );
    for (const [table, found] of Object.entries(responses)) items.set(table, [...(items.get(table) ?? []), ...found]);
    left = Object.entries(unprocessed).filter(([, { Keys: keys = [] }]) => keys.length > 0);
  }
  return items;
}
