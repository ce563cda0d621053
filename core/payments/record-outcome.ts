import { openedReview } from '../fraud/reviews/open-review.ts';
import type { Scored } from '../fraud/scored.ts';
import type { GiftCardDependencies } from '../gift-cards/change-gift-card.ts';
import type { Payment } from './payment.ts';
import type { OutcomeStore } from './ports.ts';
import { giftCardIdsOf, releaseGiftCards } from './tenders/gift-card-steps.ts';
import type { Outcome, PaymentChange } from './transition.ts';
import { transitionFor } from './transition.ts';

/** Thrown when an outcome contradicts what the book says: nobody may paper over it, so the workflow ends in Fail. */
export class OutcomeContradictsBook extends Error {
  override readonly name = outcomeContradictsBook;
}
export const outcomeContradictsBook = 'OutcomeContradictsBook';

/** Thrown when others kept changing the payment; the workflow tries again later. */
export class PaymentContended extends Error {
  override readonly name = paymentContended;
}
export const paymentContended = 'PaymentContended';

const tries = 5;

export interface OutcomeDependencies {
  readonly payments: OutcomeStore;
  readonly giftCards: GiftCardDependencies;
}

/**
 * Records what became of a payment.
 *
 * Primary course:
 * 1. The payment is read, and the outcome turned into a transition by the table of transitions.
 * 2. When nothing will come of the payment, what it holds on gift cards is released first: a payment that is declined or
 *    failed holds nothing, and whoever dies in between leaves one that is still looked after.
 * 3. Transition and payment are written in one transaction, if the payment is still as it was read; else again. With them is
 *    the review that a payment in doubt waits for.
 *
 * Twice is once: an outcome that was recorded before is answered with the change it made. An outcome that contradicts
 * a recorded one throws OutcomeContradictsBook.
 */
export async function recordOutcome(
  { payments, giftCards }: OutcomeDependencies,
  paymentId: string,
  outcome: Outcome,
  scored: Scored | undefined,
  now: Date,
): Promise<PaymentChange> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const payment = await payments.find(paymentId);
    if (!payment) throw new OutcomeContradictsBook(`There is no payment ${paymentId} to record ${outcome.kind} for`);
    const decided = transitionFor(payment, outcome, scored, now);
    if (decided.kind === 'refused') return recordedBefore(payment, outcome);
    if (endsInVain(outcome)) await releaseGiftCards(giftCards, payment.id, giftCardIdsOf(payment), now);
    const { transition } = decided;
    if ((await payments.record(transition, openedReview(payment, transition))) === 'recorded') return transition.change;
  }
  throw new PaymentContended(`Payment ${paymentId} changed ${tries} times while ${outcome.kind} was recorded`);
}

/** Whether the payment comes to nothing by this outcome. */
function endsInVain({ kind }: Outcome): boolean {
  switch (kind) {
    case 'declined':
    case 'blocked':
    case 'notSent':
    case 'cancelled':
      return true;
    case 'approved':
    case 'held':
    case 'unknown':
    case 'reversalConfirmed':
      return false;
  }
}

/** The payment's present state as a change, when the outcome agrees with it. */
function recordedBefore(payment: Payment, outcome: Outcome): PaymentChange {
  if (!agrees(payment, outcome)) {
    throw new OutcomeContradictsBook(`Payment ${payment.id} is ${payment.status}, but the outcome is ${outcome.kind}`);
  }
  const { fraud, review, declineCode, failureCode, authorizationExpiresAt, resolveAt } = payment;
  return {
    status: payment.status,
    version: payment.version,
    updatedAt: payment.updatedAt,
    amountAuthorized: payment.amountAuthorized,
    amountCaptured: payment.amountCaptured,
    amountRefunded: payment.amountRefunded,
    capturable: payment.capturable,
    refundable: payment.refundable,
    ...(payment.shares ? { shares: payment.shares } : {}),
    ...(payment.releasedBy ? { releasedBy: payment.releasedBy } : {}),
    outcomeWasUnknown: payment.outcomeWasUnknown,
    ...(fraud ? { fraud } : {}),
    ...(review ? { review } : {}),
    ...(declineCode === undefined ? {} : { declineCode }),
    ...(failureCode === undefined ? {} : { failureCode }),
    ...(authorizationExpiresAt === undefined ? {} : { authorizationExpiresAt }),
    ...(resolveAt === undefined ? {} : { resolveAt }),
  };
}

function agrees(payment: Payment, outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'approved':
    case 'held':
      // Whatever became of it since, it was authorized.
      return payment.amountAuthorized > 0n;
    case 'declined':
      return payment.status === 'declined' && payment.declineCode === outcome.code;
    case 'blocked':
      return payment.status === 'declined' && payment.declineCode === 'blocked_by_risk';
    case 'notSent':
    case 'cancelled':
    case 'reversalConfirmed':
      return payment.status === 'failed';
    case 'unknown':
      // Not knowing agrees with everything that is known by now.
      return true;
  }
}
