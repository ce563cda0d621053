import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';

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
  keys: readonly Record<string, AttributeValue>[],
  { consistent = false }: { readonly consistent?: boolean } = {},
): Promise<readonly Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  for (let from = 0; from < keys.length; from += mostKeys) {
    items.push(...(await getAll(client, tableName, keys.slice(from, from + mostKeys), consistent)));
  }
  return items;
}

async function getAll(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly Record<string, AttributeValue>[],
  consistent: boolean,
): Promise<readonly Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  let left = [...keys];
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt === tries) throw new Error(`${left.length} items could not be read: the table is busy`);
    if (attempt > 0) await pause(50 * 2 ** attempt);
    const { Responses: responses, UnprocessedKeys: unprocessed } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: left, ConsistentRead: consistent } } }),
    );
    items.push(...(responses?.[tableName] ?? []));
    left = unprocessed?.[tableName]?.Keys ?? [];
  }
  return items;
}
