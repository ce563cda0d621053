import { deriveId } from '../ids.ts';

/** An inquiry asks and moves nothing; a chargeback has taken its amount and a fee from us when we hear of it. */
export const disputeKinds = ['inquiry', 'chargeback'] as const;
export type DisputeKind = (typeof disputeKinds)[number];

/** ../shared/domain-facts.md, "Cards": the first three are an inquiry's; `won` is our winning. */
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

/** What the acquirer tells of a dispute: each notice tells all of it as it stands. */
export interface DisputeNotice {
  /** The acquirer's own id. */
  readonly acquirerReference: string;
  /** Grows with every change at the acquirer, so that the later of two notices is known whatever arrives first. */
  readonly version: number;
  readonly kind: DisputeKind;
  readonly state: DisputeState;
  /** Why the cardholder disputes, in the acquirer's word. */
  readonly reason: string;
  /** Minor units of `currency`. */
  readonly amount: bigint;
  readonly currency: string;
  readonly fee: bigint;
  /** What of the fee the acquirer gave back when it was won. */
  readonly feeReturned: bigint;
  /** Our references of the capture and of its authorization. */
  readonly captureReference: string;
  readonly authorizationReference: string;
  /** RFC 3339 UTC. */
  readonly openedAt: string;
}

/** A dispute as we keep it. */
export interface Dispute extends Omit<DisputeNotice, 'captureReference' | 'authorizationReference'> {
  readonly id: string;
  readonly paymentId: string;
  readonly captureId: string;
  readonly sellerId: string;
  /** Who bears the fee, as was agreed when it was opened. */
  readonly feeBearer: FeeBearer;
  /** What of the amount was more than there was to take back from the seller, when it was taken; 0 almost always. */
  readonly excess: bigint;
  /** Until when the network takes an answer, RFC 3339 UTC. */
  readonly replyBy: string;
  /** When we first heard of it, and last. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type FeeBearer = 'seller' | 'platform';

/** What a payment remembers of a chargeback on one of its captures. */
export interface PaymentDispute {
  readonly amount: bigint;
  readonly state: DisputeState;
}

/** What happened to a dispute in a transition of its payment. */
export interface DisputeStep {
  readonly id: string;
  readonly version: number;
  readonly kind: DisputeKind;
  /** Absent when we had not heard of it. */
  readonly from?: DisputeState;
  readonly to: DisputeState;
  readonly amount: bigint;
  readonly currency: string;
  readonly fee: bigint;
  readonly reason: string;
  readonly captureId: string;
}

/** The id of an acquirer's dispute: for ever the same. */
export function disputeId(acquirerReference: string): string {
  return deriveId('dsp_', acquirerReference);
}

/** The lot of what a won dispute gives back to the seller: refunds and further disputes take from it as from a capture's. */
export function wonLotId(disputeId: string): string {
  return deriveId('lot_', disputeId, 'won');
}

/** Whether its amount is with the cardholder's bank: taken, and not given back. */
export function isStanding({ state }: Pick<PaymentDispute, 'state'>): boolean {
  return isOpenChargeback(state) || state === 'lost';
}

/** Whether a chargeback is not decided yet. */
export function isOpenChargeback(state: DisputeState): boolean {
  return state === 'needs_response' || state === 'under_review';
}
