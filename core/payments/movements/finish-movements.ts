import type { Payment } from '../payment.ts';
import type { MovementStore } from '../ports.ts';
import { allocateRelease } from '../tenders/allocate-movement.ts';
import type { Movement } from './movement.ts';
import type { MovePaymentDependencies } from './move-payment.ts';
import { hasCaptureUnderWay, movementId, pendingMovements } from './movement.ts';
import { finishMovement, performMovement } from './perform-movement.ts';
import { recordMovement } from './record-movement.ts';
import { statusesFor } from './movement-rules.ts';

/**
 * Brings to an end what a payment has under way, and releases an authorization that has run out.
 *
 * Primary course:
 * 1. Each pending movement is found out at the acquirer, or carried out, and recorded, one after the other.
 * 2. When the authorization is over and something is left of it, that is released as an expiry.
 *
 * Every step may run twice. One that fails holds up none of the others; at the end the first error is thrown, the
 * acquirer's among them, by which the workflow tries again. Answers how many movements it brought to an end.
 */
export async function finishMovements(
  dependencies: MovePaymentDependencies,
  paymentId: string,
  now: Date,
): Promise<number> {
  const { store } = dependencies;
  let payment = await store.find(paymentId);
  let ended = 0;
  const errors: unknown[] = [];
  for (const movement of payment ? pendingMovements(payment) : []) {
    if (!payment) break;
    try {
      const outcome = await finishMovement(dependencies, payment, movement, now);
      ({ payment } = await recordMovement(dependencies, payment, movement.id, outcome, now));
      ended += 1;
    } catch (error) {
      errors.push(error);
    }
  }
  if (payment && (await expire(dependencies, payment, now))) ended += 1;
  if (errors.length > 0) throw errors[0];
  return ended;
}

/** Releases what is left of an authorization that has run out. Answers whether there was something to release. */
async function expire(dependencies: MovePaymentDependencies, payment: Payment, now: Date): Promise<boolean> {
  // A capture that nobody knows the end of may still be taken out of it.
  if (hasCaptureUnderWay(payment)) return false;
  const expiry = await beginExpiry(dependencies.store, payment, now);
  if (!expiry) return false;
  const outcome = await performMovement(dependencies, expiry.payment, expiry.movement, now);
  await recordMovement(dependencies, expiry.payment, expiry.movement.id, outcome, now);
  return true;
}

/** Takes what is left of an authorization that has run out; undefined when there is nothing to release. */
async function beginExpiry(
  store: MovementStore,
  payment: Payment,
  now: Date,
): Promise<{ readonly payment: Payment; readonly movement: Movement } | undefined> {
  const { id, capturable, authorizationExpiresAt, status, requestHash, shares } = payment;
  if (authorizationExpiresAt === undefined || authorizationExpiresAt > now.toISOString()) return undefined;
  if (capturable === 0n || !statusesFor('expiry').includes(status)) return undefined;
  const movement: Movement = {
    id: movementId('expiry', id, authorizationExpiresAt),
    kind: 'expiry',
    amount: capturable,
    taken: capturable,
    ...(shares ? { parts: allocateRelease(shares) } : {}),
    isFinal: false,
    state: 'pending',
    requestHash,
    begunBy: 'expiry',
    begunAt: now.toISOString(),
  };
  if (payment.movements[movement.id]) return undefined;
  const written = await store.begin(payment, movement, now);
  // Whoever was faster has moved the payment on; what is left then is looked after at its next date.
  return written.kind === 'begun' ? { payment: written.payment, movement } : undefined;
}
