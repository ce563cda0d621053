import { decodeCursor, encodeCursor, isTimestamp } from '../lists/cursor.ts';
import type { Exception } from './exception.ts';
import type { ExceptionLists, ExceptionPosition, ExceptionQuery } from './ports.ts';

export interface ListExceptionsRequest extends Omit<ExceptionQuery, 'after'> {
  readonly cursor?: string | undefined;
}

export type ListExceptionsResult =
  | { readonly kind: 'page'; readonly exceptions: readonly Exception[]; readonly nextCursor: string | null }
  | { readonly kind: 'cursorInvalid' };

/**
 * A page of exceptions, newest first; whoever asks is an operator, by the route's scope. A filtered page may hold fewer
 * than `limit` and still have a next one. A cursor belongs to its filters; with others it is `cursorInvalid`.
 */
export async function listExceptions(
  exceptions: ExceptionLists,
  { cursor, ...filters }: ListExceptionsRequest,
): Promise<ListExceptionsResult> {
  const { state, kind, from, to } = filters;
  const list = ['exceptions', ...[state, kind, from, to].map((filter) => filter ?? '')];
  const after = cursor === undefined ? undefined : toPosition(decodeCursor(list, cursor));
  if (cursor !== undefined && !after) return { kind: 'cursorInvalid' };
  const page = await exceptions.list({ ...filters, after });
  return {
    kind: 'page',
    exceptions: page.exceptions,
    nextCursor: page.next ? encodeCursor(list, { ...page.next }) : null,
  };
}

/** Anybody can make a cursor (lists/cursor.ts): only values that a list could have ended with are taken. */
function toPosition(key: Readonly<Record<string, string>> | undefined): ExceptionPosition | undefined {
  const { id = '', firstSeen = '' } = key ?? {};
  return /^exc_[0-9a-z]{26}$/u.test(id) && isTimestamp(firstSeen) ? { id, firstSeen } : undefined;
}
