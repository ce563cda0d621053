import type { Acquirer } from '../acquirer/authorizations.ts';
import { cancelsByReference } from '../acquirer/authorizations.ts';
import { capturesAuthorizations, looksUpMovements, refundsPayments } from '../acquirer/movements.ts';
import type { Payment } from '../payment.ts';
import { authorizationReference } from '../payment.ts';
import type { GiftCardSteps } from '../tenders/gift-card-steps.ts';
import { redeemGiftCards, refundGiftCards } from '../tenders/gift-card-steps.ts';
import { cardPartOf } from '../tenders/tender-share.ts';
import type { Movement, MovementOutcome } from './movement.ts';
import { movementReference } from './movement.ts';

/** Whom a movement asks: the acquirer for what the card pays, the gift cards for the rest. */
export interface Payers {
  readonly acquirer: Acquirer;
  readonly giftCards: GiftCardSteps;
}

/**
 * Carries out a movement, under its own reference, so that the same again is the same movement.
 *
 * Primary course:
 * 1. The acquirer is asked for the card's part. It may refuse, and then nothing has moved.
 * 2. The gift cards' parts are redeemed or put back: what is held or was redeemed cannot be refused.
 *
 * A movement without a part of the card never asks the acquirer. Of an acquirer that captures when it authorizes, a
 * capture is accepted as it stands. Throws the acquirer's errors, and GiftCardContended after many rivals.
 */
export async function performMovement(
  payers: Payers,
  payment: Payment,
  movement: Movement,
  now: Date,
): Promise<MovementOutcome> {
  const outcome = await moveCard(payers.acquirer, payment, movement);
  return withGiftCards(payers.giftCards, payment, movement, outcome, now);
}

/**
 * Finds out what became of a movement that nobody finished: asks by reference where the acquirer answers that, and
 * carries it out where it is not known. That is safe, because the reference names it once and for all.
 */
export async function finishMovement(
  payers: Payers,
  payment: Payment,
  movement: Movement,
  now: Date,
): Promise<MovementOutcome> {
  const outcome = await findOutCard(payers.acquirer, payment, movement);
  return withGiftCards(payers.giftCards, payment, movement, outcome, now);
}

async function withGiftCards(
  giftCards: GiftCardSteps,
  payment: Payment,
  movement: Movement,
  outcome: MovementOutcome,
  now: Date,
): Promise<MovementOutcome> {
  if (outcome.kind === 'refused') return outcome;
  switch (movement.kind) {
    case 'capture':
      await redeemGiftCards(giftCards, payment, movement, now);
      return outcome;
    case 'refund':
      await refundGiftCards(giftCards, payment, movement, now);
      return outcome;
    case 'void':
    case 'expiry':
      // What gift cards hold is released when the movement is recorded, together with what captures left.
      return outcome;
  }
}

async function moveCard(acquirer: Acquirer, payment: Payment, movement: Movement): Promise<MovementOutcome> {
  const part = cardPartOf(payment, movement);
  if (part.taken === 0n) return { kind: 'accepted' };
  switch (movement.kind) {
    case 'capture':
      if (part.amount === 0n) return release(acquirer, payment);
      if (!capturesAuthorizations(acquirer)) return { kind: 'accepted' };
      return acquirer.capture({ ...requestOf(payment, movement), isFinal: movement.isFinal });
    case 'refund':
      if (!refundsPayments(acquirer)) return { kind: 'refused', code: 'refunds_not_supported' };
      return acquirer.refund(requestOf(payment, movement));
    case 'void':
    case 'expiry':
      return release(acquirer, payment);
  }
}

async function findOutCard(acquirer: Acquirer, payment: Payment, movement: Movement): Promise<MovementOutcome> {
  const isRelease = movement.kind === 'void' || movement.kind === 'expiry';
  // What moves nothing of the card has no reference at the acquirer: at most it releases, and that is told again.
  const isKnownThere = !isRelease && cardPartOf(payment, movement).amount > 0n;
  if (!isKnownThere || !looksUpMovements(acquirer)) return moveCard(acquirer, payment, movement);
  const found = await acquirer.lookUpMovement(movementReference(payment.id, movement));
  switch (found.kind) {
    case 'accepted':
    case 'refused':
      return found;
    case 'cancelled':
      return { kind: 'refused', code: 'movement_cancelled' };
    case 'notFound':
      return moveCard(acquirer, payment, movement);
  }
}

/** Releases what is left of the authorization; what was captured stands. */
async function release(acquirer: Acquirer, payment: Payment): Promise<MovementOutcome> {
  if (!cancelsByReference(acquirer)) return { kind: 'refused', code: 'voids_not_supported' };
  const answer = await acquirer.cancel(authorizationReference(payment.id, payment.attempt));
  switch (answer.kind) {
    case 'cancelled':
      return { kind: 'accepted' };
    case 'tooLate':
      return { kind: 'refused', code: 'void_too_late' };
  }
}

function requestOf(payment: Payment, movement: Movement) {
  return {
    reference: movementReference(payment.id, movement),
    authorizationReference: authorizationReference(payment.id, payment.attempt),
    amount: cardPartOf(payment, movement).amount,
    currency: payment.currency,
  };
}
