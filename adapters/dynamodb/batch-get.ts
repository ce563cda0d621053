import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';

const tries = 5;

/**
 * Reads up to 100 items by key, in no order, strongly consistent when asked to. DynamoDB may leave keys unprocessed when
 * it is busy: they are asked for again, a little later each time. Throws when some still lack an answer after five tries.
 */
export async function batchGetItems(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly Record<string, AttributeValue>[],
  { consistent = false }: { readonly consistent?: boolean } = {},
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
