import type { GiftCardDependencies } from '../../gift-cards/change-gift-card.ts';
import type { Payment } from '../payment.ts';
import type { MovementStore } from '../ports.ts';
import { OutcomeContradictsBook, PaymentContended } from '../record-outcome.ts';
import { heldInVain, releaseGiftCards } from '../tenders/gift-card-steps.ts';
import { applyChange, paymentAsOf } from '../transition.ts';
import type { Movement, MovementOutcome } from './movement.ts';
import { wonLotId } from '../../disputes/dispute.ts';
import { lotIdOf, movementTransition } from './movement-transition.ts';

/** Fifty refunds of one payment end at about the same time: each waits its turn, with jitter, in the store. */
const tries = 60;

/** A payment with one of its movements ended. */
export interface EndedMovement {
  readonly payment: Payment;
  readonly movement: Movement;
}

/**
 * Records what became of a movement.
 *
 * Primary course:
 * 1. The payment is taken as it was last seen; a refund reads its lots as well.
 * 2. What gift cards hold in vain once the movement has ended is released.
 * 3. Transition, payment and lots are written in one transaction, if payment and lots are still as they were read;
 *    else with what they are now.
 *
 * Twice is once: a movement that has ended is answered as it ended, with the payment as it stands. Another outcome than the
 * recorded one throws OutcomeContradictsBook.
 */
export async function recordMovement(
  { store, giftCards }: { readonly store: MovementStore; readonly giftCards: GiftCardDependencies },
  seen: Payment,
  movementId: string,
  outcome: MovementOutcome,
  now: Date,
): Promise<EndedMovement> {
  let payment: Payment | undefined = seen;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const movement: Movement | undefined = payment?.movements[movementId];
    if (!payment || !movement) throw new OutcomeContradictsBook(`There is no movement ${movementId}`);
    if (movement.state !== 'pending') return endedBefore(payment, movement, outcome);
    const lots = movement.kind === 'refund' ? await store.lots(sellersLots(payment)) : [];
    const transition = movementTransition(payment, movement, outcome, lots, now);
    const after = applyChange(payment, transition.change);
    if (movement.kind !== 'refund') await releaseGiftCards(giftCards, payment.id, heldInVain(after), now);
    const written = await store.recordMovement(transition, attempt);
    if (written.kind === 'recorded') {
      return { payment: after, movement: after.movements[movementId] ?? movement };
    }
    payment = written.payment;
  }
  throw new PaymentContended(`Payment ${seen.id} changed ${tries} times while ${movementId} was recorded`);
}

function endedBefore(payment: Payment, movement: Movement, outcome: MovementOutcome): EndedMovement {
  if ((movement.state === 'succeeded') === (outcome.kind === 'accepted')) return { payment, movement };
  throw new OutcomeContradictsBook(`Movement ${movement.id} has ${movement.state}, but the outcome is ${outcome.kind}`);
}

/** The payment as the end of a movement left it, whatever has come since; as it stands while the movement is pending. */
export async function asMovementLeftIt(
  store: Pick<MovementStore, 'changeOf'>,
  { payment, movement: { version } }: EndedMovement,
): Promise<Payment> {
  if (version === undefined || version === payment.version) return payment;
  const change = await store.changeOf(payment.id, version);
  return change ? paymentAsOf(payment, change) : payment;
}

/** The lots that hold the seller's part of a payment, in the order in which they were made; not all of them exist. */
export function sellersLots({ movements, disputes = {} }: Payment): readonly string[] {
  const captures = Object.values(movements)
    .filter(({ kind, state }) => kind === 'capture' && state === 'succeeded')
    .toSorted((one, other) => (one.version ?? 0) - (other.version ?? 0));
  const won = Object.entries(disputes).filter(([, { state }]) => state === 'won');
  return [...captures.map(lotIdOf), ...won.map(([id]) => wonLotId(id))];
}
