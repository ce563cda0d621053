import type { Acquirer } from '../acquirer/authorizations.ts';
import { cancelsByReference } from '../acquirer/authorizations.ts';
import { capturesAuthorizations, looksUpMovements, refundsPayments } from '../acquirer/movements.ts';
import type { Payment } from '../payment.ts';
import { authorizationReference } from '../payment.ts';
import type { Movement, MovementOutcome } from './movement.ts';
import { movementReference } from './movement.ts';

/**
 * Carries out a movement at the acquirer, under its own reference, so that the same again is the same movement. Of an
 * acquirer that captures when it authorizes, a capture is accepted as it stands. Throws the acquirer's errors.
 */
export async function performMovement(
  acquirer: Acquirer,
  payment: Payment,
  movement: Movement,
): Promise<MovementOutcome> {
  switch (movement.kind) {
    case 'capture':
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

/**
 * Finds out what became of a movement that nobody finished: asks by reference where the acquirer answers that, and
 * carries it out where it is not known. That is safe, because the reference names it once and for all.
 */
export async function finishMovement(
  acquirer: Acquirer,
  payment: Payment,
  movement: Movement,
): Promise<MovementOutcome> {
  const isRelease = movement.kind === 'void' || movement.kind === 'expiry';
  if (isRelease || !looksUpMovements(acquirer)) return performMovement(acquirer, payment, movement);
  const found = await acquirer.lookUpMovement(movementReference(payment.id, movement));
  switch (found.kind) {
    case 'accepted':
    case 'refused':
      return found;
    case 'cancelled':
      return { kind: 'refused', code: 'movement_cancelled' };
    case 'notFound':
      return performMovement(acquirer, payment, movement);
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
    amount: movement.amount,
    currency: payment.currency,
  };
}
