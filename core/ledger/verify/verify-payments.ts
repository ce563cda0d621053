import { pendingMovements } from '../../payments/movements/movement.ts';
import type { Payment } from '../../payments/payment.ts';
import type { StoredTransition } from '../../payments/ports.ts';
import { standingDisputes, takenBack } from '../../payments/taken-back.ts';
import { cardAmountOf, cardPartOf, sharesOf } from '../../payments/tenders/tender-share.ts';
import type { Books, Finding } from './books.ts';
import { finding, unless } from './books.ts';

/** Each payment's transitions follow on one another, pass no cap, and have made the payment what it is. */
export function* verifyPayments({ payments, paymentTransitions }: Books): Generator<Finding> {
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const transitions = Map.groupBy(paymentTransitions, ({ paymentId }) => paymentId);
  for (const id of new Set([...byId.keys(), ...transitions.keys()])) {
    const payment = byId.get(id);
    const history = (transitions.get(id) ?? []).toSorted((one, other) => one.version - other.version);
    yield* verifyHistory(history);
    if (payment) yield* verifyPayment(payment, history);
    else yield finding(id, 'a payment for its transitions', 'none');
  }
}

function* verifyHistory(history: readonly StoredTransition[]): Generator<Finding> {
  let before: Before = { to: 'processing', version: 1, captured: 0n, refunded: 0n };
  for (const transition of history) {
    const id = nameOf(transition);
    const { from, to, version, change } = transition;
    yield* unless(id, 'to start from', before.to, from);
    if (version <= before.version) yield finding(id, `a version above ${before.version}`, version);
    yield* unless(id, 'the change of version', version, change.version);
    yield* unless(id, 'the change to', to, change.status);
    yield* verifyCaps(id, change);
    const moved = movedBy(transition);
    yield* unless(id, 'captured in all', before.captured + moved.captured, change.amountCaptured);
    yield* unless(id, 'refunded in all', before.refunded + moved.refunded, change.amountRefunded);
    before = { to, version, captured: change.amountCaptured, refunded: change.amountRefunded };
  }
}

interface Before {
  readonly to: string;
  readonly version: number;
  readonly captured: bigint;
  readonly refunded: bigint;
}

type Amounts = Pick<Payment, 'amountAuthorized' | 'amountCaptured' | 'amountRefunded' | 'capturable' | 'refundable'> &
  Pick<Payment, 'disputes' | 'disputeExcess'>;

/** What is refundable may be below zero: a chargeback takes in full what refunds took before it. */
function* verifyCaps(id: string, amounts: Amounts): Generator<Finding> {
  const { amountAuthorized: authorized, amountCaptured: captured, amountRefunded: refunded, capturable } = amounts;
  if ([authorized, captured, refunded, capturable].some((amount) => amount < 0n)) {
    yield finding(id, 'amounts of nothing or more', [authorized, captured, refunded, capturable]);
  }
  yield* atMost(id, 'captured and capturable', authorized, captured + capturable);
  yield* atMost(id, 'refunded and charged back', captured, takenBack(amounts));
  yield* atMost(
    id,
    'refunded, charged back and refundable',
    captured,
    refunded + standingDisputes(amounts) + amounts.refundable,
  );
}

function* atMost(id: string, what: string, most: bigint, found: bigint): Generator<Finding> {
  if (found > most) yield finding(id, `${what} of at most ${most.toString()}`, found);
}

/** What a transition moved: an accepted capture or refund its amount, all others nothing. */
function movedBy({ attempt, change: { movement } }: StoredTransition) {
  const amount = attempt.outcome === 'accepted' && movement?.state === 'succeeded' ? movement.amount : 0n;
  return {
    captured: movement?.kind === 'capture' ? amount : 0n,
    refunded: movement?.kind === 'refund' ? amount : 0n,
  };
}

function* verifyPayment(payment: Payment, history: readonly StoredTransition[]): Generator<Finding> {
  const { id, movements } = payment;
  const last = history.at(-1)?.change;
  yield* unless(id, 'the status', last?.status ?? 'processing', payment.status);
  yield* unless(id, 'captured', last?.amountCaptured ?? 0n, payment.amountCaptured);
  yield* unless(id, 'refunded', last?.amountRefunded ?? 0n, payment.amountRefunded);
  yield* unless(id, 'authorized', last?.amountAuthorized ?? 0n, payment.amountAuthorized);
  yield* verifyCaps(id, payment);
  yield* verifyRemainders(payment);
  yield* verifyPostings(payment, history);
  yield* verifyShares(payment);
  // A version is made by each transition, by the beginning of each movement that none of them began, and by each date.
  const begun = history.filter(({ change }) => change.movement?.state === 'pending').length;
  const versions = 1 + history.length + Object.keys(movements).length - begun + (payment.datesGiven ?? 0);
  yield* unless(id, `as many versions as it has transitions, movements and dates,`, versions, payment.version);
  for (const transition of history) {
    const { movement } = transition.change;
    if (movement && movement.state !== 'pending') {
      yield* unless(nameOf(transition), "the payment's movement", movement, movements[movement.id]);
    }
  }
}

/**
 * What a payment may still give back is what was captured less all that was taken of it, to the last unit: racing
 * movements go by this amount. What is under way has taken its part already.
 */
function* verifyRemainders(payment: Payment): Generator<Finding> {
  const { id, amount, amountAuthorized, amountCaptured, amountRefunded, refundable } = payment;
  if (amountAuthorized !== 0n) yield* unless(id, 'an amount as was authorized', amountAuthorized, amount);
  const refunding = sumOf(
    pendingMovements(payment)
      .filter(({ kind }) => kind === 'refund')
      .map(({ taken }) => taken),
  );
  const given = amountRefunded + refunding + standingDisputes(payment);
  yield* unless(id, 'refundable', amountCaptured - given, refundable);
}

/** What the books hold of a payment's authorization is what can still be captured of its card, is being so, or is in review. */
function* verifyPostings(payment: Payment, history: readonly StoredTransition[]): Generator<Finding> {
  const { id, sellerId } = payment;
  const postings = history.flatMap((transition) => transition.postings);
  const held = sumOf(
    postings
      .filter(({ account }) => account === 'auth_hold')
      .map(({ side, amount }) => (side === 'debit' ? amount : -amount)),
  );
  const card = sharesOf(payment).find(({ giftCardId }) => giftCardId === undefined);
  const capturing = sumOf(
    pendingMovements(payment)
      .filter(({ kind }) => kind !== 'refund')
      .map((movement) => cardPartOf(payment, movement).taken),
  );
  // What waits for a verdict, or was declined and could not be released, is held as well.
  const inReview = payment.status === 'in_review' ? cardAmountOf(payment) - capturing : 0n;
  const standing = (card?.capturable ?? 0n) + capturing + inReview;
  yield* unless(id, 'capturable of the card, being captured or in review', held, standing);
  for (const posting of postings) {
    if (posting.sellerId !== undefined) yield* unless(id, 'the seller who was booked', posting.sellerId, sellerId);
  }
}

/** The tenders' shares add up to the payment. */
function* verifyShares(payment: Payment): Generator<Finding> {
  const { id, shares, amountCaptured: captured, amountRefunded: refunded } = payment;
  if (!shares) return;
  const totals = { ...payment, captured, refunded };
  for (const part of ['amount', 'captured', 'refunded', 'capturable', 'refundable'] as const) {
    yield* unless(id, `shares of ${part}`, totals[part], sumOf(shares.map((share) => share[part])));
  }
}

const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);

function nameOf({ paymentId, version }: StoredTransition): string {
  return `${paymentId}/${String(version).padStart(6, '0')}`;
}
