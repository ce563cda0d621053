import type { DisputeStep } from '../disputes/dispute.ts';
import type { KeptFeatures } from '../fraud/features/kept-features.ts';
import type { FraudAssessment } from '../fraud/assessment.ts';
import type { AskedModels, Scored } from '../fraud/scored.ts';
import { authorizationPostings } from '../ledger/payment-postings.ts';
import type { Posting } from '../ledger/posting.ts';
import { assertBalanced } from '../ledger/posting.ts';
import type { LotChange } from '../lots/lot.ts';
import type { Attempt, Outcome } from './attempt.ts';
import { attemptOf } from './attempt.ts';
import { approvedFields } from './authorized-fields.ts';
import type { EventType } from './events.ts';
import type { PaymentChange } from './payment-change.ts';
import type { Payment, PaymentContext, PaymentStatus } from './payment.ts';
import { cardAmountOf } from './tenders/tender-share.ts';

export type { Outcome } from './attempt.ts';
export type { PaymentChange } from './payment-change.ts';

interface Rule {
  readonly from: PaymentStatus;
  readonly outcome: Outcome['kind'];
  /** Of an approval: whether scoring left it in doubt. */
  readonly isInDoubt?: true;
  readonly to: PaymentStatus;
  readonly event: EventType;
}

/** Every transition that the outcome of an authorization makes. What is not here is refused. */
export const transitionRules: readonly Rule[] = [
  { from: 'processing', outcome: 'approved', to: 'authorized', event: 'payment.authorized' },
  { from: 'processing', outcome: 'held', to: 'authorized', event: 'payment.authorized' },
  { from: 'processing', outcome: 'approved', isInDoubt: true, to: 'in_review', event: 'payment.in_review' },
  { from: 'processing', outcome: 'held', isInDoubt: true, to: 'in_review', event: 'payment.in_review' },
  { from: 'processing', outcome: 'declined', to: 'declined', event: 'payment.declined' },
  { from: 'processing', outcome: 'blocked', to: 'declined', event: 'payment.declined' },
  { from: 'processing', outcome: 'notSent', to: 'failed', event: 'payment.failed' },
  { from: 'processing', outcome: 'cancelled', to: 'failed', event: 'payment.failed' },
  { from: 'processing', outcome: 'unknown', to: 'processing', event: 'payment.outcome_unknown' },
  { from: 'failed', outcome: 'reversalConfirmed', to: 'failed', event: 'payment.reversal_confirmed' },
];

/** An immutable record of what happened, written in one transaction with the change it describes. */
export interface Transition {
  readonly paymentId: string;
  readonly from: PaymentStatus;
  readonly to: PaymentStatus;
  readonly cause: string;
  readonly event: EventType;
  readonly occurredAt: string;
  readonly attempt: Attempt;
  readonly postings: readonly Posting[];
  readonly lots: readonly LotChange[];
  readonly change: PaymentChange;
  /** Of a dispute's transition: what happened to the dispute. */
  readonly dispute?: DisputeStep;
  /** Of the first outcome: where the buyer was. The payment itself carries it no further. */
  readonly context?: PaymentContext;
  /** Of the outcome that came with a score: what the model went by. */
  readonly features?: KeptFeatures;
  /** Which models scored it. */
  readonly models?: AskedModels;
}

const orphanCheckDelayHours = 24;
/** The failure code of a payment whose reference was cancelled after an unknown outcome. */
const cancelledCode = 'authorization_cancelled';

/**
 * What an outcome makes of a payment. Input: the payment as it stands, the outcome, what scoring said when it is known, and
 * the time. Output: the transition, or `refused` when no rule leads there (the outcome came too late, or twice).
 */
export function transitionFor(
  payment: Payment,
  outcome: Outcome,
  scored: Scored | undefined,
  now: Date,
): { readonly kind: 'transition'; readonly transition: Transition } | { readonly kind: 'refused' } {
  const isInDoubt = leavesInDoubt(outcome, scored?.assessment ?? payment.fraud);
  const rule = transitionRules.find(
    (each) => each.from === payment.status && each.outcome === outcome.kind && (each.isInDoubt ?? false) === isInDoubt,
  );
  if (!rule || wasTold(payment, outcome)) return { kind: 'refused' };
  const occurredAt = now.toISOString();
  const postings = outcome.kind === 'approved' ? authorizationPostings(cardAmountOf(payment), payment.currency) : [];
  assertBalanced(postings);
  return {
    kind: 'transition',
    transition: {
      paymentId: payment.id,
      from: rule.from,
      to: rule.to,
      cause: outcome.kind,
      event: rule.event,
      occurredAt,
      attempt: attemptOf(payment, outcome),
      postings,
      lots: [],
      change: changeOf(payment, rule.to, outcome, { scored, isInDoubt }, now),
      ...(payment.context ? { context: payment.context } : {}),
      ...(scored?.features ? { features: scored.features } : {}),
      ...(scored?.models ? { models: scored.models } : {}),
    },
  };
}

/** Whether an approval waits for a person's verdict. */
function leavesInDoubt({ kind }: Outcome, assessment: FraudAssessment | undefined): boolean {
  return (kind === 'approved' || kind === 'held') && assessment?.decision === 'review';
}

/** Whether an outcome that leaves the state as it is was recorded before, or has nothing to say of this payment. */
function wasTold(payment: Payment, outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'unknown':
      return payment.outcomeWasUnknown;
    case 'reversalConfirmed':
      // Due from the cancellation on until it was confirmed.
      return payment.failureCode !== cancelledCode || payment.resolveAt === undefined;
    case 'approved':
    case 'held':
    case 'declined':
    case 'blocked':
    case 'notSent':
    case 'cancelled':
      return false;
  }
}

/**
 * The payment after a transition: the same function answers the first request and every replay. What only the first
 * request needed is over with the first transition.
 */
export function applyChange(payment: Payment, change: PaymentChange): Payment {
  const { resolveAt: _due, openedBy: _request, inFlightUntil: _flight, context: _context, ...rest } = payment;
  const { movement, ...fields } = change;
  const movements = movement ? { ...payment.movements, [movement.id]: movement } : payment.movements;
  return { ...rest, ...fields, movements };
}

/**
 * The payment as a change left it, made of the payment as it stands: movements that began later are left out, and those
 * that ended later were under way.
 */
export function paymentAsOf(payment: Payment, change: PaymentChange): Payment {
  const movements = Object.entries(payment.movements).flatMap(([id, movement]) => {
    if (movement.version !== undefined && movement.version <= change.version) return [[id, movement] as const];
    if (movement.begunAt > change.updatedAt) return [];
    const { version: _later, failureCode: _unknown, ...begun } = movement;
    return [[id, { ...begun, state: 'pending' }] as const];
  });
  return applyChange({ ...payment, movements: Object.fromEntries(movements) }, change);
}

function changeOf(
  payment: Payment,
  status: PaymentStatus,
  outcome: Outcome,
  { scored, isInDoubt }: { readonly scored: Scored | undefined; readonly isInDoubt: boolean },
  now: Date,
): PaymentChange {
  const fraud = scored?.assessment ?? payment.fraud;
  const resolveAt = nextLook(outcome, now);
  const { amountAuthorized, amountCaptured, amountRefunded, capturable, refundable, shares } = payment;
  return {
    ...{ status, version: payment.version + 1, updatedAt: now.toISOString() },
    ...{ amountAuthorized, amountCaptured, amountRefunded, capturable, refundable },
    ...(shares ? { shares } : {}),
    outcomeWasUnknown: payment.outcomeWasUnknown || outcome.kind === 'unknown',
    ...(fraud ? { fraud } : {}),
    ...(resolveAt ? { resolveAt } : {}),
    ...codesOf(payment, outcome),
    ...approvedFields(payment, outcome, isInDoubt, now),
  };
}

function codesOf(payment: Payment, outcome: Outcome): Pick<PaymentChange, 'declineCode' | 'failureCode'> {
  switch (outcome.kind) {
    case 'declined':
      return { declineCode: outcome.code };
    case 'blocked':
      return { declineCode: 'blocked_by_risk' };
    case 'notSent':
      return { failureCode: outcome.code };
    case 'cancelled':
      return { failureCode: cancelledCode };
    case 'reversalConfirmed':
      return payment.failureCode === undefined ? {} : { failureCode: payment.failureCode };
    case 'approved':
    case 'held':
    case 'unknown':
      return {};
  }
}

/** An unknown outcome is looked into at once; a cancelled one again after a day, for holds that surfaced late. */
function nextLook(outcome: Outcome, now: Date): string | undefined {
  switch (outcome.kind) {
    case 'unknown':
      return now.toISOString();
    case 'cancelled':
      return addHours(now, orphanCheckDelayHours);
    case 'approved':
    case 'held':
    case 'declined':
    case 'blocked':
    case 'notSent':
    case 'reversalConfirmed':
      return undefined;
  }
}

function addHours(now: Date, hours: number): string {
  return new Date(now.getTime() + hours * 3_600_000).toISOString();
}
