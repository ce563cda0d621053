import { expect } from '@jest/globals';
import { remainingOf } from '../../../../core/gift-cards/gift-card.ts';
import type { GiftCardStore } from '../../../../core/gift-cards/ports.ts';
import type { Posting } from '../../../../core/ledger/posting.ts';
import { finishMovements } from '../../../../core/payments/movements/finish-movements.ts';
import { movePayment } from '../../../../core/payments/movements/move-payment.ts';
import type { Payment } from '../../../../core/payments/payment.ts';
import { recordOutcome } from '../../../../core/payments/record-outcome.ts';
import { holdGiftCards } from '../../../../core/payments/tenders/gift-card-steps.ts';
import { planTenders } from '../../../../core/payments/tenders/plan-tenders.ts';
import { cardAmountOf, sharesOf } from '../../../../core/payments/tenders/tender-share.ts';
import type { Outcome } from '../../../../core/payments/transition.ts';
import { backOff, fakeGiftCardStore, issuedCard, start } from '../../gift-cards/fakes.ts';
import { platform, processingPayment } from '../fakes.ts';
import { fakeAcquirer, fakeMovementStore } from '../movements/fake-movements.ts';

/** How the gift cards' next write goes: as asked, not at all, or with its answer lost. */
export type GiftCardWeather = 'clear' | 'fails' | 'answer_lost';

export const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
export const sumOf = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
export const giftCardName = (index: number) => `gc_0000000000000000000000000${index}`;

/** A payment over gift cards and, where something is left to pay, a card; nothing is held yet. */
export async function givenSplitPayment(amount: bigint, balances: readonly bigint[]) {
  const cards = balances.map((balance, index) => issuedCard(balance, { id: giftCardName(index) }));
  const planned = planTenders(
    { amount, currency: 'EUR' },
    cards.map((card) => ({ card })),
    true,
  );
  if (planned.kind !== 'planned') throw new Error('a card pays whatever is left');
  const { shares } = planned;
  const { tender, ...opened } = processingPayment(amount);
  const hasCard = shares.some(({ giftCardId }) => giftCardId === undefined);
  const payment: Payment = { ...opened, shares, ...(tender && hasCard ? { tender } : {}) };
  const world = fakeMovementStore();
  await world.store.open(payment);
  const kept = fakeGiftCardStore(...cards);
  const weather = { giftCards: 'clear' as GiftCardWeather };
  const giftCards = { giftCards: moody(kept.store, weather), backOff, revivalDays: 90 };
  const acquirer = fakeAcquirer(cardAmountOf(payment));
  const dependencies = { store: world.movements, acquirer: acquirer.acquirer, giftCards };
  const current = () => world.payments.get(payment.id) ?? payment;
  let requests = 0;
  return {
    ...world,
    ...acquirer,
    payment,
    hasCard,
    giftCards: kept,
    current,
    setGiftCardWeather: (next: GiftCardWeather) => (weather.giftCards = next),
    /** What the workflow does: gift cards, then the card, then the outcome. Dies where something throws. */
    authorize: (outcome: Outcome) => authorize({ payments: world.store, giftCards }, payment, hasCard, outcome),
    record: (outcome: Outcome) =>
      recordOutcome({ payments: world.store, giftCards }, payment.id, outcome, undefined, start),
    ask: (
      kind: 'capture' | 'void' | 'refund',
      {
        amount: asked,
        isFinal = false,
        key,
        at = start,
      }: { amount?: bigint; isFinal?: boolean; key: string; at?: Date },
    ) => {
      requests += 1;
      const request = { principal: platform, paymentId: payment.id, kind, isFinal, idempotencyKey: key };
      return movePayment(dependencies, { ...request, amount: asked, requestId: `request-${requests}` }, at);
    },
    finish: (at: Date) => finishMovements(dependencies, payment.id, at),
  };
}

export type SplitWorld = Awaited<ReturnType<typeof givenSplitPayment>>;

export const approvedForAWeek: Outcome = {
  kind: 'approved',
  approvalCode: 'A',
  networkReference: 'N',
  expiresAt: later(7 * 86_400).toISOString(),
};

async function authorize(
  dependencies: Parameters<typeof recordOutcome>[0],
  { id: paymentId, currency, shares = [] }: Payment,
  hasCard: boolean,
  outcome: Outcome,
): Promise<void> {
  const giftCards = shares.flatMap(({ giftCardId, amount }) =>
    giftCardId === undefined ? [] : { giftCardId, amount },
  );
  const held = await holdGiftCards(dependencies.giftCards, { paymentId, currency, giftCards }, start);
  const comesTo = held.kind === 'held' && hasCard ? outcome : held;
  await recordOutcome(dependencies, paymentId, comesTo, undefined, start);
}

/** A store whose next write fails, before it is made or after it was. */
function moody(store: GiftCardStore, weather: { giftCards: GiftCardWeather }): GiftCardStore {
  const through = async <T>(write: () => Promise<T>): Promise<T> => {
    const { giftCards: now } = weather;
    weather.giftCards = 'clear';
    if (now === 'fails') throw new Error('the table is away');
    const answer = await write();
    if (now === 'answer_lost') throw new Error('the answer was lost');
    return answer;
  };
  return {
    read: (...keys) => store.read(...keys),
    record: (...write) => through(() => store.record(...write)),
    closeHold: (hold) => through(() => store.closeHold(hold)),
  };
}

/** The balance of an account over the postings, debits less credits. */
export function balanceOf(postings: readonly Posting[], account: string): bigint {
  return sumOf(
    postings
      .filter((posting) => posting.account === account)
      .map(({ side, amount }) => (side === 'debit' ? amount : -amount)),
  );
}

/** All that the payment and its gift cards posted. */
export function postingsOf({ transitionsOf, payment, giftCards }: SplitWorld): readonly Posting[] {
  return [...transitionsOf(payment.id), ...giftCards.transitions()].flatMap(({ postings }) => postings);
}

/** What must hold after any step, whatever happened. */
export function expectTendersToHold(world: SplitWorld): void {
  const { current, giftCards, payment } = world;
  const now = current();
  const shares = sharesOf(now);
  const pending = Object.values(now.movements).filter(({ state }) => state === 'pending');
  const taken = (index: number, isRefund: boolean) =>
    sumOf(
      pending.filter(({ kind }) => (kind === 'refund') === isRefund).map(({ parts }) => parts?.[index]?.taken ?? 0n),
    );
  for (const [index, share] of shares.entries()) {
    expect(share.captured + share.capturable + taken(index, false)).toBeLessThanOrEqual(share.amount);
    expect(share.refunded + share.refundable + taken(index, true)).toBe(share.captured);
    expect(share.capturable >= 0n && share.refundable >= 0n).toBe(true);
    const { giftCardId } = share;
    if (giftCardId === undefined) continue;
    const hold = giftCards.holds().find((each) => each.giftCardId === giftCardId);
    // What can still be captured is held, besides what captures under way have redeemed already.
    if (share.capturable > 0n) expect(hold && remainingOf(hold) >= share.capturable).toBe(true);
  }
  expect(sumOf(shares.map(({ amount }) => amount))).toBe(payment.amount);
  expect(sumOf(shares.map(({ captured }) => captured))).toBe(now.amountCaptured);
  expect(sumOf(shares.map(({ refunded }) => refunded))).toBe(now.amountRefunded);
  expect(sumOf(shares.map(({ capturable }) => capturable))).toBe(now.capturable);
  expect(sumOf(shares.map(({ refundable }) => refundable))).toBe(now.refundable);
  const lots = [...world.lots.values()].filter(({ amount }) => amount > 0n);
  expect(-balanceOf(postingsOf(world), 'seller_deferred')).toBe(sumOf(lots.map(({ remaining }) => remaining)));
  const accounts = new Set(postingsOf(world).map(({ account }) => account));
  expect(sumOf([...accounts].map((account) => balanceOf(postingsOf(world), account)))).toBe(0n);
}

/** What must hold once nothing is under way and nothing can come any more. */
export function expectTendersToBeDone(world: SplitWorld): void {
  expectTendersToHold(world);
  const { current, giftCards, payment } = world;
  const { movements, capturable } = current();
  expect([capturable, Object.values(movements).filter(({ state }) => state === 'pending')]).toEqual([0n, []]);
  expect(giftCards.holds().filter(({ status }) => status === 'held')).toEqual([]);
  for (const { giftCardId, captured, refunded } of sharesOf(current())) {
    if (giftCardId === undefined) expect([captured, refunded]).toEqual([world.sum('capture'), world.sum('refund')]);
    else expect(giftCards.card(giftCardId)).toMatchObject({ held: 0n, redeemed: captured - refunded });
  }
  const postings = postingsOf(world);
  for (const account of ['order_escrow', 'auth_hold', 'gift_card_hold']) expect(balanceOf(postings, account)).toBe(0n);
  expect(-balanceOf(postings, 'gift_card_liability')).toBe(
    -sumOf(sharesOf(current()).map(({ giftCardId, captured, refunded }) => (giftCardId ? captured - refunded : 0n))),
  );
  expect(payment.id).toBe(current().id);
}
