import type { Principal } from '../access/principal.ts';
import { decodeCursor, encodeCursor, isTimestamp } from '../lists/cursor.ts';
import type { TokenLister, TokenPosition } from './ports.ts';
import type { ListedToken } from './token.ts';

export type ListedTokens =
  | { readonly kind: 'listed'; readonly tokens: readonly ListedToken[]; readonly nextCursor: string | null }
  | { readonly kind: 'invalidCursor' };

/**
 * Lists the caller's saved cards, newest first.
 *
 * Input: who asks, how many at most, and the cursor of the page before.
 * 1. Read the cursor: one of this very list.
 * 2. Read the page of the caller's own tokens; a cursor never says whose.
 * Output: the tokens, and the cursor of the next page when there may be one.
 */
export async function listTokens(
  { tokens }: { readonly tokens: TokenLister },
  request: { readonly principal: Principal; readonly limit: number; readonly cursor?: string | undefined },
): Promise<ListedTokens> {
  const list = ['tokens', request.principal.id];
  const after = request.cursor === undefined ? undefined : readPosition(list, request.cursor);
  if (request.cursor !== undefined && !after) return { kind: 'invalidCursor' };
  const page = await tokens.listByOwner(request.principal.id, request.limit, after);
  const nextCursor = page.next ? encodeCursor(list, { id: page.next.id, createdAt: page.next.createdAt }) : null;
  return { kind: 'listed', tokens: page.tokens, nextCursor };
}

function readPosition(list: readonly string[], cursor: string): TokenPosition | undefined {
  const { id = '', createdAt = '' } = decodeCursor(list, cursor) ?? {};
  return /^tok_[0-9a-z]{26}$/u.test(id) && isTimestamp(createdAt) ? { id, createdAt } : undefined;
}
