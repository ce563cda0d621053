import type { Acquirer } from '../acquirer/authorizations.ts';
import { AcquirerOutcomeUnknown, AcquirerRequestRefused, AcquirerUnavailable } from '../acquirer/errors.ts';
import type { Payment } from '../payment.ts';
import type { MovementStore } from '../ports.ts';
import { PaymentContended } from '../record-outcome.ts';
import { applyChange } from '../transition.ts';
import type { MovementRefusal, MovementRequest } from './begin-movement.ts';
import { beginMovement } from './begin-movement.ts';
import type { Movement, MovementOutcome } from './movement.ts';
import { performMovement } from './perform-movement.ts';
import { recordMovement } from './record-movement.ts';

export type MovePaymentResult =
  /** `movement.state` is `pending` when the outcome is not known yet. `payment` is as the movement left it. */
  | { readonly kind: 'moved'; readonly payment: Payment; readonly movement: Movement; readonly replayed: boolean }
  | MovementRefusal;

export interface MovePaymentDependencies {
  readonly store: MovementStore;
  readonly acquirer: Acquirer;
}

/**
 * Captures, voids or refunds a payment.
 *
 * Primary course:
 * 1. The movement is begun: its amount leaves the remainder, and it stands as `pending`. Should we die here, the
 *    stream has told of it (look-after.ts).
 * 2. The acquirer carries it out under the movement's own reference.
 * 3. The outcome is recorded with its postings and lots.
 *
 * What certainly never reached the acquirer has failed; what may have reached it stays `pending` until it is found out.
 * A request that came before is answered as it was then, or as it stands when it was pending.
 */
export async function movePayment(
  { store, acquirer }: MovePaymentDependencies,
  request: MovementRequest,
  now: Date,
): Promise<MovePaymentResult> {
  const begun = await beginMovement(store, request, now);
  if (begun.kind === 'known') return replay(store, begun.payment, begun.movement, request);
  if (begun.kind !== 'begun') return begun;
  const { payment, movement } = begun;
  const outcome = await outcomeOf(acquirer, payment, movement);
  if (!outcome) return { ...begun, kind: 'moved', replayed: false };
  try {
    const ended = await recordMovement(store, payment, movement.id, outcome, now);
    return { kind: 'moved', ...ended, replayed: false };
  } catch (error) {
    // It stands as pending, and the outcome will be found again by its reference.
    if (error instanceof PaymentContended) return { ...begun, kind: 'moved', replayed: false };
    throw error;
  }
}

/** What the acquirer said, or undefined when that is not known. */
async function outcomeOf(
  acquirer: Acquirer,
  payment: Payment,
  movement: Movement,
): Promise<MovementOutcome | undefined> {
  try {
    return await performMovement(acquirer, payment, movement);
  } catch (error) {
    if (error instanceof AcquirerUnavailable) return { kind: 'refused', code: 'acquirer_unavailable' };
    if (error instanceof AcquirerOutcomeUnknown || error instanceof AcquirerRequestRefused) return undefined;
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
  if (movement.version === undefined) return { kind: 'moved', payment, movement, replayed };
  const change = await store.changeOf(payment.id, movement.version);
  return { kind: 'moved', payment: change ? applyChange(payment, change) : payment, movement, replayed };
}
