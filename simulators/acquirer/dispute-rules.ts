export const disputeKinds = ['inquiry', 'chargeback'] as const;

export const disputeStates = [
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'won',
  'lost',
] as const;
export type DisputeState = (typeof disputeStates)[number];

/** Why a cardholder disputes, in the words of this acquirer. */
export const disputeReasons = [
  'fraudulent',
  'product_not_received',
  'product_unacceptable',
  'duplicate',
  'credit_not_processed',
  'general',
] as const;

/** Where a dispute may go next. `won` is the merchant's winning; an inquiry that is not closed may become a chargeback. */
const next: Readonly<Record<DisputeState, readonly DisputeState[]>> = {
  warning_needs_response: ['warning_under_review', 'warning_closed', 'needs_response'],
  warning_under_review: ['warning_closed', 'needs_response'],
  warning_closed: [],
  needs_response: ['under_review', 'won', 'lost'],
  under_review: ['won', 'lost'],
  won: [],
  lost: [],
};

export function mayFollow(from: DisputeState, to: DisputeState): boolean {
  return next[from].includes(to);
}

/** What a dispute's change is called in a notification. */
export function notificationType(from: DisputeState | undefined, to: DisputeState): string {
  if (from === undefined) return 'dispute.opened';
  return next[to].length === 0 ? 'dispute.closed' : 'dispute.updated';
}
