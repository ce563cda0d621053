import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchGetItems } from './batch-get.ts';

type Item = Record<string, AttributeValue>;

/** How many index pages a filtered request may read before it answers what it has with a cursor. */
const mostPages = 5;

interface FilteredQuery<P> {
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: P | undefined;
}

interface FilteredSource<T, P> {
  /** At most `limit` positions behind one; fewer when there are no more. */
  readonly positionsAfter: (position: P | undefined) => Promise<readonly P[]>;
  /** What stands at these positions, each in its place; undefined where nothing does any more. */
  readonly readAll: (positions: readonly P[]) => Promise<readonly (T | undefined)[]>;
  readonly matches: (each: T) => boolean;
}

/** A page of what matches, and where it ended when there may be more: of an index that holds keys alone, page after page of it. */
export async function filteredPage<T, P>(
  { limit, after }: FilteredQuery<P>,
  { positionsAfter, readAll, matches }: FilteredSource<T, P>,
): Promise<{ readonly found: readonly T[]; readonly next: P | undefined }> {
  const found: T[] = [];
  let position = after;
  for (let page = 0; page < mostPages; page += 1) {
    const positions = await positionsAfter(position);
    const read = await readAll(positions);
    for (const [index, at] of positions.entries()) {
      const each = read[index];
      position = at;
      if (each !== undefined && matches(each)) found.push(each);
      if (found.length === limit) return { found, next: position };
    }
    if (positions.length < limit) return { found, next: undefined };
  }
  return { found, next: position };
}

/** Items by key, each in the place of its key, of a table in which no two of them share a partition; undefined for one that is gone. */
export async function itemsInOrder(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly Item[],
): Promise<readonly (Item | undefined)[]> {
  const items = new Map((await batchGetItems(client, tableName, keys)).map((item) => [item['pk']?.S, item]));
  return keys.map(({ pk }) => items.get(pk?.S));
}
