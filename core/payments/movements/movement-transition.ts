import { deriveId } from '../../ids.ts';
import { coveredExcessPostings } from '../../ledger/dispute-postings.ts';
import { capturePostings, refundPostings, releasePostings } from '../../ledger/payment-postings.ts';
import type { Posting } from '../../ledger/posting.ts';
import { assertBalanced } from '../../ledger/posting.ts';
import type { Lot, LotChange } from '../../lots/lot.ts';
import { basisPointsHalfUp } from '../../money/basis-points.ts';
import type { Payment } from '../payment.ts';
import { settledBetween } from '../settled-part.ts';
import { newLot, takeFromSeller } from '../take-from-seller.ts';
import type { TenderPart, TenderShare } from '../tenders/tender-share.ts';
import { cardPartOf, noPart, partsOf, sharesOf } from '../tenders/tender-share.ts';
import type { PaymentChange, Transition } from '../transition.ts';
import type { Movement, MovementKind, MovementOutcome } from './movement.ts';
import { movementReference, pendingMovements } from './movement.ts';
import { isWithheld, movementRules, statusOf } from './movement-rules.ts';
import { expiryLook } from '../authorization-window.ts';
import { unattendedAt } from './unattended.ts';

/** What a movement does to the books: its postings and its lots. */
interface Effect {
  readonly postings: readonly Posting[];
  readonly lots: readonly LotChange[];
}

/**
 * What the outcome of a movement makes of its payment. In: the payment with the movement still pending, the outcome,
 * the payment's lots in the order of their captures (for a refund; else none), and the time. Throws when no rule leads
 * there: whoever calls has seen that the movement is pending, so it is a broken invariant.
 */
export function movementTransition(
  payment: Payment,
  movement: Movement,
  outcome: MovementOutcome,
  lots: readonly Lot[],
  now: Date,
): Transition {
  const rule = movementRules.find((each) => each.movement === movement.kind && each.outcome === outcome.kind);
  const after = paymentAfter(payment, movement, outcome, now);
  if (!rule?.leads[payment.status]?.includes(after.status)) {
    throw new Error(`${movement.kind} ${outcome.kind} leads nowhere from ${payment.status} to ${after.status}`);
  }
  const { postings, lots: lotChanges } =
    outcome.kind === 'accepted'
      ? effectOf(payment, movement, lots, now)
      : refusalEffect(payment, movement, after, lots, now);
  assertBalanced(postings);
  return {
    paymentId: payment.id,
    from: payment.status,
    to: after.status,
    cause: movement.id,
    event: rule.event,
    occurredAt: now.toISOString(),
    attempt: {
      reference: movementReference(payment.id, movement),
      operation: movement.kind,
      outcome: outcome.kind,
      ...(outcome.kind === 'refused' ? { code: outcome.code } : {}),
      ...(outcome.kind === 'accepted' && outcome.networkReference !== undefined
        ? { networkReference: outcome.networkReference }
        : {}),
    },
    postings,
    lots: lotChanges,
    change: changeOf(after, movement.id),
  };
}

/** Codes by which the acquirer says that the authorization is over, whatever we thought. */
const closingCodes: Readonly<Record<string, 'void' | 'expiry'>> = {
  authorization_expired: 'expiry',
  authorization_closed: 'void',
};

function paymentAfter(payment: Payment, movement: Movement, outcome: MovementOutcome, now: Date): Payment {
  const version = payment.version + 1;
  const ended: Movement = {
    ...movement,
    state: outcome.kind === 'accepted' ? 'succeeded' : 'failed',
    version,
    ...(outcome.kind === 'refused' ? { failureCode: outcome.code } : {}),
  };
  const remainders = remaindersAfter(payment, movement, outcome);
  const isOver = remainders.releasedBy !== undefined || isWithheld(payment);
  const shares = sharesAfter(payment, movement, outcome, isOver);
  const moved: Payment = {
    ...payment,
    ...remainders,
    ...(shares ? { shares } : {}),
    movements: { ...payment.movements, [movement.id]: ended },
    version,
    updatedAt: now.toISOString(),
  };
  const { resolveAt: _before, ...settled } = { ...moved, status: statusOf(moved) };
  const resolveAt = nextLookAfter(settled, now);
  return resolveAt === undefined ? settled : { ...settled, resolveAt };
}

type Remainders = Pick<
  Payment,
  'amountCaptured' | 'amountRefunded' | 'capturable' | 'refundable' | 'releasedBy' | 'disputeExcess'
>;

function remaindersAfter(payment: Payment, movement: Movement, outcome: MovementOutcome): Partial<Remainders> {
  const { kind, amount, taken } = movement;
  if (outcome.kind === 'accepted') {
    switch (kind) {
      case 'capture':
        return {
          amountCaptured: payment.amountCaptured + amount,
          refundable: payment.refundable + amount,
        };
      case 'refund':
        return { amountRefunded: payment.amountRefunded + amount };
      case 'void':
      case 'expiry':
        return { releasedBy: kind };
    }
  }
  switch (kind) {
    case 'refund': {
      const covered = coveredBy(payment, movement);
      const left = covered === 0n ? {} : { disputeExcess: (payment.disputeExcess ?? 0n) - covered };
      return { refundable: payment.refundable + taken, ...left };
    }
    case 'capture':
    case 'void':
    case 'expiry': {
      const releasedBy = payment.releasedBy ?? closingCodes[outcome.code];
      if (releasedBy !== undefined) return { capturable: 0n, releasedBy };
      // What a review declined is not captured because it could not be released.
      return isWithheld(payment) ? {} : { capturable: payment.capturable + taken };
    }
  }
}

/** The payment's amounts again, tender by tender. */
function sharesAfter(
  { shares }: Payment,
  movement: Movement,
  outcome: MovementOutcome,
  isOver: boolean,
): readonly TenderShare[] | undefined {
  const parts = partsOf(movement);
  return shares?.map((share, index) => shareAfter(share, parts[index] ?? noPart, movement.kind, outcome, isOver));
}

function shareAfter(
  share: TenderShare,
  { amount, taken }: TenderPart,
  kind: MovementKind,
  outcome: MovementOutcome,
  isOver: boolean,
): TenderShare {
  switch (kind) {
    case 'capture':
      if (outcome.kind === 'refused') return giveBack(share, taken, isOver);
      return { ...share, captured: share.captured + amount, refundable: share.refundable + amount };
    case 'refund':
      if (outcome.kind === 'refused') return { ...share, refundable: share.refundable + taken };
      return { ...share, refunded: share.refunded + amount };
    case 'void':
    case 'expiry':
      return outcome.kind === 'refused' ? giveBack(share, taken, isOver) : share;
  }
}

function giveBack(share: TenderShare, taken: bigint, isOver: boolean): TenderShare {
  return { ...share, capturable: isOver ? 0n : share.capturable + taken };
}

/** What a refused movement would give back to an authorization that is over is no longer held on the card. */
function releasedByRefusal(payment: Payment, movement: Movement, after: Payment): readonly Posting[] {
  if (movement.kind === 'refund' || after.releasedBy === undefined) return [];
  const card = sharesOf(payment).find(({ giftCardId }) => giftCardId === undefined);
  return releasePostings(cardPartOf(payment, movement).taken + (card?.capturable ?? 0n), payment.currency);
}

/**
 * When somebody has to look again: soon while anything else is under way, whose watch may have been and gone; else when
 * the authorization runs out, unless a pass will note that.
 */
function nextLookAfter(payment: Payment, now: Date): string | undefined {
  if (pendingMovements(payment).length > 0) return unattendedAt(now);
  const { movements, capturable, createdAt, authorizationExpiresAt } = payment;
  // An authorization that the acquirer will not release is for people: asking again would change nothing.
  if (Object.values(movements).some(({ kind, state }) => kind === 'expiry' && state === 'failed')) return undefined;
  if (capturable === 0n || authorizationExpiresAt === undefined) return undefined;
  return expiryLook(createdAt, authorizationExpiresAt, now);
}

function effectOf(payment: Payment, movement: Movement, lots: readonly Lot[], now: Date): Effect {
  switch (movement.kind) {
    case 'capture':
      return captureEffect(payment, movement, now);
    case 'refund':
      return refundEffect(payment, movement, lots, now);
    case 'void':
    case 'expiry':
      return { postings: releasePostings(cardPartOf(payment, movement).taken, payment.currency), lots: [] };
  }
}

function captureEffect(payment: Payment, movement: Movement, now: Date): Effect {
  const { amount } = movement;
  const { currency, sellerId, terms } = payment;
  const card = cardPartOf(payment, movement);
  const settled = settledBetween(payment, payment.amountCaptured, amount);
  const processingFee = basisPointsHalfUp(card.amount, terms.processingFeeBasisPoints);
  const money = { amount, cardAmount: card.amount, currency, processingFee, settled, sellerId };
  const releaseAt = new Date(now.getTime() + terms.releaseDays * 86_400_000).toISOString();
  const lot: Lot = {
    ...newLot(payment, lotIdOf(movement), now),
    amount: settled.sellersPart,
    remaining: settled.sellersPart,
    releaseAt,
    reason: 'capture',
  };
  return {
    postings: [...capturePostings(money), ...releasePostings(card.taken - card.amount, currency)],
    lots: lot.amount > 0n ? [{ kind: 'open', lot }] : [],
  };
}

function refundEffect(payment: Payment, movement: Movement, lots: readonly Lot[], now: Date): Effect {
  const { amount, id } = movement;
  const { amount: cardAmount } = cardPartOf(payment, movement);
  const { currency, sellerId } = payment;
  const reason = { cause: id, reason: 'refund_after_payout' } as const;
  const { lots: changes, ...taken } = takeFromSeller(payment, lots, amount, reason, now);
  return { postings: refundPostings({ amount, cardAmount, currency, sellerId, ...taken }), lots: changes };
}

/**
 * What a movement that was refused leaves: an authorization that is over holds nothing any more; and what a refund does
 * not take after all covers what chargebacks took beyond, for the seller has it still.
 */
function refusalEffect(payment: Payment, movement: Movement, after: Payment, lots: readonly Lot[], now: Date): Effect {
  const covered = coveredBy(payment, movement);
  if (covered === 0n) return { postings: releasedByRefusal(payment, movement, after), lots: [] };
  const { currency, sellerId } = payment;
  const reason = { cause: movement.id, reason: 'dispute_after_payout' } as const;
  const { lots: changes, ...taken } = takeFromSeller(payment, lots, covered, reason, now);
  return { postings: coveredExcessPostings({ amount: covered, currency, sellerId, ...taken }), lots: changes };
}

/** What of the excess of chargebacks a refund covers that came to nothing. */
function coveredBy({ disputeExcess = 0n }: Payment, { kind, taken }: Movement): bigint {
  if (kind !== 'refund') return 0n;
  return taken < disputeExcess ? taken : disputeExcess;
}

/** The lot that a capture makes. */
export function lotIdOf(capture: Pick<Movement, 'id'>): string {
  return deriveId('lot_', capture.id);
}

/** What authorizing has settled (the assessment, when it runs out) no movement changes, so it is not told again. */
function changeOf(payment: Payment, movementId: string): PaymentChange {
  const movement = payment.movements[movementId];
  const { status, version, updatedAt, amountAuthorized, outcomeWasUnknown, resolveAt } = payment;
  const { amountCaptured, amountRefunded, capturable, refundable, releasedBy, disputeExcess, shares } = payment;
  return {
    ...{ status, version, updatedAt, amountAuthorized, outcomeWasUnknown },
    ...{ amountCaptured, amountRefunded, capturable, refundable },
    ...(shares ? { shares } : {}),
    ...(releasedBy ? { releasedBy } : {}),
    ...(disputeExcess === undefined ? {} : { disputeExcess }),
    ...(movement ? { movement } : {}),
    ...(resolveAt === undefined ? {} : { resolveAt }),
  };
}
