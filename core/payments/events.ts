/** What payments announce; the `type` of an event. */
export const eventTypes = [
  'payment.authorized',
  'payment.in_review',
  'payment.review_declined',
  'payment.declined',
  'payment.failed',
  'payment.outcome_unknown',
  'payment.reversal_confirmed',
  'payment.captured',
  'payment.capture_failed',
  'payment.voided',
  'payment.void_failed',
  'payment.expired',
  'payment.refunded',
  'payment.refund_failed',
  'dispute.opened',
  'dispute.updated',
  'dispute.won',
  'dispute.lost',
  'dispute.closed',
] as const;

export type EventType = (typeof eventTypes)[number];
