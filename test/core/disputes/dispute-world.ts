import { expect } from '@jest/globals';
import type { Account } from '../../../core/ledger/accounts.ts';
import type { Posting } from '../../../core/ledger/posting.ts';
import type { Dispute, DisputeNotice, FeeBearer } from '../../../core/disputes/dispute.ts';
import { isStanding } from '../../../core/disputes/dispute.ts';
import type { DisputeStore } from '../../../core/disputes/ports.ts';
import { recordDispute } from '../../../core/disputes/record-dispute.ts';
import { finishMovements } from '../../../core/payments/movements/finish-movements.ts';
import { movementReference } from '../../../core/payments/movements/movement.ts';
import { movePayment } from '../../../core/payments/movements/move-payment.ts';
import { fakeExceptionBook } from '../exceptions/fake-exception-book.ts';
import type { Payment } from '../../../core/payments/payment.ts';
import { newShare, cardPartOf, sharesOf } from '../../../core/payments/tenders/tender-share.ts';
import type { TenderShare } from '../../../core/payments/tenders/tender-share.ts';
import { holdGiftCards } from '../../../core/payments/tenders/gift-card-steps.ts';
import { backOff, fakeGiftCardStore, issuedCard } from '../gift-cards/fakes.ts';
import { noGiftCards, platform } from '../payments/fakes.ts';
import { authorizedPayment, fakeAcquirer, fakeMovementStore } from '../payments/movements/fake-movements.ts';

export const now = new Date('2026-11-22T10:00:00.000Z');
export const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

/** The disputes' store with DynamoDB's promises, beside the payments' and lots' of the movements' fake. */
function fakeDisputeStore(world: ReturnType<typeof fakeMovementStore>) {
  const disputes = new Map<string, Dispute>();
  const store: DisputeStore = {
    find: (id) => Promise.resolve(disputes.get(id)),
    // DynamoDB refuses an empty key.
    findPayment: (id) => (id === '' ? Promise.reject(new Error('no key')) : world.store.find(id)),
    lots: (ids) => world.movements.lots(ids),
    record: async (transition, dispute, versionBefore) => {
      if (disputes.get(dispute.id)?.version !== versionBefore) return 'changed';
      const written = await world.movements.recordMovement(transition, 1);
      if (written.kind === 'recorded') disputes.set(dispute.id, dispute);
      return written.kind;
    },
  };
  return { store, disputes };
}

/** A payment that is authorized, its acquirer, and everything that can happen to it. */
export async function givenPayment(
  amount: bigint,
  {
    feeBearer = 'platform',
    converted = {},
    onGiftCard = 0n,
  }: {
    feeBearer?: FeeBearer;
    converted?: Partial<Pick<Payment, 'currency' | 'conversion' | 'terms'>>;
    /** What of the amount a gift card pays, before the card. */
    onGiftCard?: bigint;
  } = {},
) {
  const world = fakeMovementStore();
  const opened = { ...authorizedPayment(amount, now), ...converted };
  const payment: Payment = onGiftCard === 0n ? opened : { ...opened, shares: sharesOver(onGiftCard, amount) };
  await world.store.open(payment);
  const acquirer = fakeAcquirer(amount - onGiftCard);
  const giftCards = onGiftCard === 0n ? noGiftCards : await heldGiftCard(payment.id, onGiftCard);
  const { store, disputes } = fakeDisputeStore(world);
  const exceptions = fakeExceptionBook();
  const dependencies = { store: world.movements, acquirer: acquirer.acquirer, giftCards };
  const current = () => world.payments.get(payment.id) ?? payment;
  /** What payouts have taken out of the lots, for the balance of seller_deferred. */
  const paid = { out: 0n };
  let requests = 0;

  const ask = (kind: 'capture' | 'void' | 'refund', asked: bigint | undefined, key: string, isFinal = false) => {
    requests += 1;
    const request = { principal: platform, paymentId: payment.id, kind, isFinal, idempotencyKey: key };
    return movePayment(dependencies, { ...request, amount: asked, requestId: `request-${requests}` }, now);
  };
  /** The id of a capture that was accepted. */
  const capture = async (asked: bigint, key = `capture-${asked}`): Promise<string> => {
    const result = await ask('capture', asked, key);
    if (result.kind !== 'moved') throw new Error(`not captured: ${result.kind}`);
    return result.movement.id;
  };
  const claimLots = () => {
    for (const [id, lot] of world.lots) {
      if (lot.state !== 'held' || lot.remaining <= 0n) continue;
      paid.out += lot.remaining;
      world.lots.set(id, { ...lot, state: 'claimed' });
    }
  };
  return {
    ...{
      ...world,
      ...acquirer,
      payment,
      current,
      ask,
      capture,
      claimLots,
      paid,
      disputes,
      exceptions: exceptions.exceptions,
    },
    finish: (at: Date) => finishMovements(dependencies, payment.id, at).catch(() => 0),
    notify: (notice: DisputeNotice, at = now) => recordDispute({ store, exceptions, feeBearer }, notice, at),
    /** A notice of a chargeback of a capture, as it is when it is opened. */
    noticeOf: (captureId: string, disputed: bigint, changes: Partial<DisputeNotice> = {}): DisputeNotice => ({
      acquirerReference: `dispute-${captureId}`,
      version: 1,
      kind: 'chargeback',
      state: 'needs_response',
      reason: 'fraudulent',
      amount: disputed,
      currency: payment.currency,
      fee: 1500n,
      feeReturned: 0n,
      captureReference: movementReference(payment.id, { id: captureId }),
      authorizationReference: `${payment.id}-authorization-1`,
      openedAt: now.toISOString(),
      ...changes,
    }),
  };
}

const giftCardId = 'gc_00000000000000000000000001';

/** Of an authorized payment: everything is held, on a gift card and on the card. */
function sharesOver(onGiftCard: bigint, amount: bigint): readonly TenderShare[] {
  const held = (part: bigint, id?: string) => ({ ...newShare(part, id), capturable: part });
  return [held(onGiftCard, giftCardId), held(amount - onGiftCard)];
}

async function heldGiftCard(paymentId: string, amount: bigint) {
  const { store } = fakeGiftCardStore(issuedCard(amount, { id: giftCardId }));
  const giftCards = { giftCards: store, backOff, revivalDays: 90 };
  await holdGiftCards(giftCards, { paymentId, currency: 'EUR', giftCards: [{ giftCardId, amount }] }, now);
  return giftCards;
}

export type World = Awaited<ReturnType<typeof givenPayment>>;

export const sumOf = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

export function postingsOf({ transitionsOf, payment }: World): readonly Posting[] {
  return transitionsOf(payment.id).flatMap(({ postings }) => postings);
}

/** Debits less credits of each account. */
export function balancesOf(world: World): Partial<Record<Account, bigint>> {
  const balances: Partial<Record<Account, bigint>> = {};
  for (const { account, side, amount } of postingsOf(world)) {
    balances[account] = (balances[account] ?? 0n) + (side === 'debit' ? amount : -amount);
  }
  return balances;
}

/** What of the lots the seller has, waiting or paid, and what they owe. */
export function lotSums({ lots }: World) {
  const all = [...lots.values()];
  return {
    waiting: sumOf(
      all.filter(({ amount, state }) => amount > 0n && state === 'held').map(({ remaining }) => remaining),
    ),
    owed: -sumOf(all.filter(({ amount }) => amount < 0n).map(({ remaining }) => remaining)),
  };
}

/** What must hold after any step: ../shared/domain-facts.md, "Invariants", with what disputes add. */
export function expectBooksToHold(world: World): void {
  const {
    amountAuthorized,
    amountCaptured,
    amountRefunded,
    capturable,
    refundable,
    movements,
    disputes = {},
    ...rest
  } = world.current();
  const pending = Object.values(movements).filter(({ state }) => state === 'pending');
  const taken = (isRefund: boolean) =>
    sumOf(pending.filter(({ kind }) => (kind === 'refund') === isRefund).map((movement) => movement.taken));
  const standing = sumOf(
    Object.values(disputes)
      .filter(isStanding)
      .map(({ amount }) => amount),
  );
  const excess = rest.disputeExcess ?? 0n;
  expect(amountCaptured + capturable + taken(false)).toBeLessThanOrEqual(amountAuthorized);
  expect(amountRefunded + refundable + taken(true) + standing).toBe(amountCaptured);
  expect(amountRefunded + taken(true) + standing - excess).toBeLessThanOrEqual(amountCaptured);
  expect(excess >= 0n && excess <= standing).toBe(true);

  const balances = balancesOf(world);
  const of = (account: Account) => balances[account] ?? 0n;
  expect(sumOf(Object.values(balances))).toBe(0n);
  const card = cardOf(world.current());
  expect(card.authorized + of('auth_hold')).toBe(card.capturable + card.takenByCaptures);
  expect(of('dispute_excess')).toBe(excess);
  const fees = of('processing_fee') + of('dispute_fee');
  const feesOfSellers = sumOf(
    [...world.lots.values()].filter(({ reason }) => reason === 'dispute_fee').map(({ amount }) => -amount),
  );
  expect(of('processor_clearing') + fees).toBe(
    card.captured - card.refunded - standing - feesOfSellers + feesReturned(world),
  );
  // What gift cards pay is redeemed into escrow, and goes back through it: those are their own postings, not the payment's.
  const onGiftCards = amountCaptured - card.captured - (amountRefunded - card.refunded);
  expect(of('order_escrow')).toBe(onGiftCards);
  const { waiting, owed } = lotSums(world);
  expect(-of('seller_deferred')).toBe(waiting + world.paid.out);
  expect(of('seller_receivable')).toBe(owed);
}

/** The card's part of a payment that may be split. */
export function cardOf(payment: Payment) {
  const share = sharesOf(payment).find((each) => each.giftCardId === undefined) ?? newShare(0n);
  const pending = Object.values(payment.movements).filter(
    ({ state, kind }) => state === 'pending' && kind !== 'refund',
  );
  return {
    ...share,
    authorized: payment.shares ? share.amount : payment.amountAuthorized,
    takenByCaptures: sumOf(pending.map((movement) => cardPartOf(payment, movement).taken)),
  };
}

function feesReturned({ lots }: World): bigint {
  return sumOf(
    [...lots.values()].filter(({ reason }) => reason === 'dispute_fee_returned').map(({ amount }) => amount),
  );
}
