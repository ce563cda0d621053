import type { List } from '../packages/client/index.ts';

/** Everything that a list of the API has, page by page. In: what asks for a page by its query. */
export async function allPages<T>(
  page: (query: Readonly<Record<string, string>>) => Promise<List<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const { data, nextCursor }: List<T> = await page({ limit: '100', ...(cursor === null ? {} : { cursor }) });
    all.push(...data);
    cursor = nextCursor ?? null;
  } while (cursor !== null);
  return all;
}
