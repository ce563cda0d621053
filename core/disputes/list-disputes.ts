import { decodeCursor, encodeCursor, isTimestamp } from '../lists/cursor.ts';
import type { Dispute } from './dispute.ts';
import type { DisputeLists, DisputePosition, DisputeQuery } from './ports.ts';

export interface ListDisputesRequest extends Omit<DisputeQuery, 'after'> {
  readonly cursor?: string | undefined;
}

export type ListDisputesResult =
  | { readonly kind: 'page'; readonly disputes: readonly Dispute[]; readonly nextCursor: string | null }
  | { readonly kind: 'cursorInvalid' };

/**
 * A page of disputes, the newest first; whoever asks is an operator, by the route's scope. A filtered page may hold fewer
 * than `limit` and still have a next one. A cursor belongs to its filters; with others it is `cursorInvalid`.
 */
export async function listDisputes(
  disputes: Pick<DisputeLists, 'list'>,
  { cursor, ...filters }: ListDisputesRequest,
): Promise<ListDisputesResult> {
  const list = ['disputes', filters.state ?? '', filters.paymentId ?? ''];
  const after = cursor === undefined ? undefined : toPosition(decodeCursor(list, cursor));
  if (cursor !== undefined && !after) return { kind: 'cursorInvalid' };
  const page = await disputes.list({ ...filters, after });
  return {
    kind: 'page',
    disputes: page.disputes,
    nextCursor: page.next ? encodeCursor(list, { ...page.next }) : null,
  };
}

/** Anybody can make a cursor (lists/cursor.ts): only values that a list could have ended with are taken. */
function toPosition(key: Readonly<Record<string, string>> | undefined): DisputePosition | undefined {
  const { id = '', openedAt = '' } = key ?? {};
  return /^dsp_[0-9a-z]{26}$/u.test(id) && isTimestamp(openedAt) ? { id, openedAt } : undefined;
}
