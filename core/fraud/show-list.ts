import { decodeCursor, encodeCursor, isTimestamp } from '../lists/cursor.ts';
import type { ListEntry } from './list-entry.ts';
import type { ListBook, ListPosition } from './ports.ts';

export type ShowListResult =
  | { readonly kind: 'page'; readonly entries: readonly ListEntry[]; readonly nextCursor: string | null }
  | { readonly kind: 'cursorInvalid' };

const list = ['fraud-list-entries'];

/** A page of all entries, the newest first; whoever asks is an operator, by the route's scope. */
export async function showList(
  book: Pick<ListBook, 'list'>,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<ShowListResult> {
  const after = cursor === undefined ? undefined : toPosition(decodeCursor(list, cursor));
  if (cursor !== undefined && !after) return { kind: 'cursorInvalid' };
  const page = await book.list(limit, after);
  return { kind: 'page', entries: page.entries, nextCursor: page.next ? encodeCursor(list, { ...page.next }) : null };
}

/** Anybody can make a cursor (lists/cursor.ts): only values that a list could have ended with are taken. */
function toPosition(key: Readonly<Record<string, string>> | undefined): ListPosition | undefined {
  const { id = '', createdAt = '' } = key ?? {};
  return /^fle_[0-9a-z]{26}$/u.test(id) && isTimestamp(createdAt) ? { id, createdAt } : undefined;
}
