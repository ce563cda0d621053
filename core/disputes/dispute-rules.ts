import type { EventType } from '../payments/events.ts';
import type { PaymentStatus } from '../payments/payment.ts';
import type { DisputeState } from './dispute.ts';

interface DisputeRule {
  /** `none`: it begins. */
  readonly from: DisputeState | 'none';
  readonly to: DisputeState;
  readonly event: EventType;
}

/**
 * Every step of a dispute. Notices come in any order and may be missed, so that one may tell of several steps at once:
 * what follows from a state by any number of steps is accepted, and nothing else.
 */
export const disputeRules: readonly DisputeRule[] = [
  { from: 'none', to: 'warning_needs_response', event: 'dispute.opened' },
  { from: 'none', to: 'needs_response', event: 'dispute.opened' },
  { from: 'warning_needs_response', to: 'warning_under_review', event: 'dispute.updated' },
  { from: 'warning_needs_response', to: 'warning_closed', event: 'dispute.closed' },
  { from: 'warning_needs_response', to: 'needs_response', event: 'dispute.updated' },
  { from: 'warning_under_review', to: 'warning_closed', event: 'dispute.closed' },
  { from: 'warning_under_review', to: 'needs_response', event: 'dispute.updated' },
  { from: 'needs_response', to: 'under_review', event: 'dispute.updated' },
  { from: 'needs_response', to: 'won', event: 'dispute.won' },
  { from: 'needs_response', to: 'lost', event: 'dispute.lost' },
  { from: 'under_review', to: 'won', event: 'dispute.won' },
  { from: 'under_review', to: 'lost', event: 'dispute.lost' },
];

/**
 * The event of going from one state to another, by one step or several; undefined when it does not lead there. Of several
 * steps the last one is announced.
 */
export function eventOf(from: DisputeState | 'none', to: DisputeState): EventType | undefined {
  const [step] = disputeRules.filter((rule) => rule.to === to && (rule.from === from || leadsTo(from, rule.from)));
  const direct = disputeRules.find((rule) => rule.from === from && rule.to === to);
  return (direct ?? step)?.event;
}

function leadsTo(from: DisputeState | 'none', to: DisputeState | 'none'): boolean {
  return disputeRules.some((rule) => rule.from === from && (rule.to === to || leadsTo(rule.to, to)));
}

/**
 * What a dispute may make of its payment: `disputed` while a chargeback is open. Afterwards it is again what its captures
 * and refunds make it, won or lost: `refunded` would claim that we gave the money back. What was lost is told by its
 * disputes, and can be refunded no longer.
 */
export const paymentLeads: Readonly<Partial<Record<PaymentStatus, readonly PaymentStatus[]>>> = {
  partially_captured: ['partially_captured', 'disputed'],
  captured: ['captured', 'disputed'],
  partially_refunded: ['partially_refunded', 'disputed'],
  refunded: ['refunded', 'disputed'],
  disputed: ['disputed', 'partially_captured', 'captured', 'partially_refunded', 'refunded'],
};
