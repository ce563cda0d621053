import { AcquirerOutcomeUnknown, AcquirerRequestRefused, AcquirerUnavailable } from '../acquirer/errors.ts';
import { GiftCardContended } from '../../gift-cards/change-gift-card.ts';
import type { Payment } from '../payment.ts';
import type { MovementStore } from '../ports.ts';
import { PaymentContended } from '../record-outcome.ts';
import type { MovementRefusal, MovementRequest } from './begin-movement.ts';
import { beginMovement } from './begin-movement.ts';
import type { Movement, MovementOutcome } from './movement.ts';
import type { Payers } from './perform-movement.ts';
import { performMovement } from './perform-movement.ts';
import { asMovementLeftIt, recordMovement } from './record-movement.ts';

export type MovePaymentResult =
  /** `movement.state` is `pending` when the outcome is not known yet. `payment` is as the movement left it. */
  | { readonly kind: 'moved'; readonly payment: Payment; readonly movement: Movement; readonly replayed: boolean }
  | MovementRefusal;

export interface MovePaymentDependencies extends Payers {
  readonly store: MovementStore;
}

/**
 * Captures, voids or refunds a payment.
 *
 * Primary course:
 * 1. The movement is begun: its amount leaves the remainder, and it stands as `pending`. Should we die here, the
 *    stream has told of it (look-after.ts).
 * 2. The acquirer and the gift cards carry it out under the movement's own reference.
 * 3. The outcome is recorded with its postings and lots.
 *
 * What certainly never reached the acquirer has failed; what may have reached it stays `pending` until it is found out.
 * A request that came before is answered as it was then, or as it stands when it was pending.
 */
export async function movePayment(
  dependencies: MovePaymentDependencies,
  request: MovementRequest,
  now: Date,
): Promise<MovePaymentResult> {
  const { store } = dependencies;
  const begun = await beginMovement(store, request, now);
  if (begun.kind === 'known') return replay(store, begun.payment, begun.movement, request);
  if (begun.kind !== 'begun') return begun;
  const { payment, movement } = begun;
  const outcome = await outcomeOf(dependencies, payment, movement, now);
  if (!outcome) return { ...begun, kind: 'moved', replayed: false };
  try {
    const ended = await recordMovement(dependencies, payment, movement.id, outcome, now);
    // Whoever looked after it meanwhile may have ended it, and others have gone on since.
    return { kind: 'moved', ...ended, payment: await asMovementLeftIt(store, ended), replayed: false };
  } catch (error) {
    // It stands as pending, and the outcome will be found again by its reference.
    if (error instanceof PaymentContended || error instanceof GiftCardContended)
      return { ...begun, kind: 'moved', replayed: false };
    throw error;
  }
}

/** What became of it, or undefined when that is not known or not all of it is done. */
async function outcomeOf(
  payers: Payers,
  payment: Payment,
  movement: Movement,
  now: Date,
): Promise<MovementOutcome | undefined> {
  try {
    return await performMovement(payers, payment, movement, now);
  } catch (error) {
    if (error instanceof AcquirerUnavailable) return { kind: 'refused', code: 'acquirer_unavailable' };
    if (error instanceof AcquirerOutcomeUnknown || error instanceof AcquirerRequestRefused) return undefined;
    if (error instanceof GiftCardContended) return undefined;
    throw error;
  }
}

async function replay(
  store: MovementStore,
  payment: Payment,
  movement: Movement,
  request: MovementRequest,
): Promise<MovePaymentResult> {
  const replayed = movement.begunBy !== request.requestId;
  return { kind: 'moved', payment: await asMovementLeftIt(store, { payment, movement }), movement, replayed };
}
