import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdGiftCard } from '../../../../core/gift-cards/hold-gift-card.ts';
import type { Outcome } from '../../../../core/payments/transition.ts';
import { backOff } from '../../gift-cards/fakes.ts';
import type { Weather } from '../movements/fake-movements.ts';
import type { GiftCardWeather, SplitWorld } from './split-world.ts';
import {
  approvedForAWeek,
  expectTendersToBeDone,
  expectTendersToHold,
  giftCardName,
  givenSplitPayment,
  later,
} from './split-world.ts';

const amount = fc.bigInt({ min: 1n, max: 5000n });
const balances = fc.array(fc.bigInt({ min: 1n, max: 2000n }), { minLength: 1, maxLength: 3 });
const giftCardWeather = fc.constantFrom<GiftCardWeather>('clear', 'clear', 'clear', 'fails', 'answer_lost');
const weather = fc.constantFrom<Weather>('clear', 'clear', 'drop_before', 'drop_after', 'unavailable');
const key = fc.integer({ min: 0, max: 3 });

const step = fc.record({
  kind: fc.constantFrom('capture', 'capture', 'refund', 'refund', 'void', 'finish'),
  share: fc.integer({ min: 1, max: 80 }),
  isFinal: fc.boolean(),
  key,
  weather,
  giftCardWeather,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What dies on the way is finished by others; here nobody waits for it. */
const mayDie = (work: Promise<unknown>) => work.catch(() => undefined);

async function take(world: SplitWorld, { kind, share, isFinal, key: number, ...faults }: Step): Promise<void> {
  world.setWeather(faults.weather);
  world.setGiftCardWeather(faults.giftCardWeather);
  const part = (world.payment.amount * BigInt(share)) / 100n;
  switch (kind) {
    case 'finish':
      await mayDie(world.finish(later(100)));
      return;
    case 'void':
      await mayDie(world.ask('void', { key: `void-${number}` }));
      return;
    case 'capture':
    case 'refund':
      if (part === 0n) return;
      await mayDie(world.ask(kind, { amount: part, isFinal: isFinal && kind === 'capture', key: `${kind}-${number}` }));
  }
}

async function finishAll(world: SplitWorld): Promise<void> {
  world.setWeather('clear');
  world.setGiftCardWeather('clear');
  await world.finish(later(100));
  await world.finish(later(30 * 86_400));
}

describe('any history of a payment over gift cards and a card, with answers lost and steps that die', () => {
  test('keeps every tender within its caps, loses no cent, and leaves no hold behind', async () => {
    await fc.assert(
      fc.asyncProperty(amount, balances, fc.array(step, { maxLength: 12 }), async (total, cards, steps) => {
        const world = await givenSplitPayment(total, cards);
        await world.authorize(approvedForAWeek);
        expectTendersToHold(world);
        for (const taken of steps) {
          await take(world, taken);
          expectTendersToHold(world);
        }
        await finishAll(world);
        expectTendersToBeDone(world);
      }),
      { numRuns: 1500 },
    );
  });

  test('and so do movements that race', async () => {
    await fc.assert(
      fc.asyncProperty(amount, balances, fc.array(step, { maxLength: 10 }), async (total, cards, steps) => {
        const world = await givenSplitPayment(total, cards);
        await world.authorize(approvedForAWeek);
        await mayDie(world.ask('capture', { amount: (total + 1n) / 2n, key: 'first' }));
        await Promise.all(steps.map((taken, index) => take(world, { ...taken, key: index })));
        expectTendersToHold(world);
        await finishAll(world);
        expectTendersToBeDone(world);
      }),
      { numRuns: 500 },
    );
  });
});

describe('when a payment comes to nothing', () => {
  const nothing: readonly Outcome[] = [
    { kind: 'declined', code: 'insufficient_funds' },
    { kind: 'blocked' },
    { kind: 'notSent', code: 'acquirer_unavailable' },
    { kind: 'cancelled' },
  ];

  test('all that gift cards hold is released, whoever died on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        balances,
        fc.constantFrom(...nothing),
        fc.array(giftCardWeather, { maxLength: 4 }),
        async (cards, outcome, moods) => {
          const world = await givenSplitPayment(10_000n, cards);
          world.setGiftCardWeather(moods[0] ?? 'clear');
          await mayDie(world.authorize(outcome));
          for (const mood of [...moods.slice(1), 'clear' as const]) {
            world.setGiftCardWeather(mood);
            await mayDie(world.record(outcome));
          }
          expect(['declined', 'failed']).toContain(world.current().status);
          expectTendersToBeDone(world);
          for (const [index, balance] of cards.entries()) {
            expect(world.giftCards.card(giftCardName(index))).toMatchObject({ available: balance, held: 0n });
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('what is unknown keeps its holds until it is found out', async () => {
    const world = await givenSplitPayment(1000n, [400n]);
    await world.authorize({ kind: 'unknown' });
    expect(world.giftCards.card(giftCardName(0))).toMatchObject({ held: 400n });
    await world.record(approvedForAWeek);
    expect(world.current()).toMatchObject({ status: 'authorized', capturable: 1000n });
    expectTendersToHold(world);
  });

  test('a gift card that was emptied meanwhile declines it before the card is asked', async () => {
    const world = await givenSplitPayment(1000n, [400n, 300n]);
    const rival = { giftCardId: giftCardName(1), paymentId: 'pay_rival', amount: 1n, currency: 'EUR', now: later(0) };
    await holdGiftCard({ giftCards: world.giftCards.store, backOff }, rival);
    await world.authorize(approvedForAWeek);
    expect(world.current()).toMatchObject({ status: 'declined', declineCode: 'gift_card_insufficient' });
    expect(world.giftCards.card(giftCardName(0))).toMatchObject({ available: 400n, held: 0n });
  });
});

describe('a capture takes gift cards first, a refund goes back the other way', () => {
  test('in parts, and the acquirer is asked for the part of the card alone', async () => {
    const world = await givenSplitPayment(1000n, [300n, 200n]);
    await world.authorize(approvedForAWeek);
    const parts = async (kind: 'capture' | 'refund', asked: bigint) => {
      const moved = await world.ask(kind, { amount: asked, key: `${kind} ${asked.toString()}` });
      return moved.kind === 'moved' ? moved.movement.parts?.map((part) => part.amount) : moved;
    };
    expect(await parts('capture', 250n)).toEqual([250n, 0n, 0n]);
    expect(world.book.size).toBe(0);
    expect(await parts('capture', 350n)).toEqual([50n, 200n, 100n]);
    expect(await parts('refund', 220n)).toEqual([0n, 120n, 100n]);
    expect(await parts('capture', 400n)).toEqual([0n, 0n, 400n]);
    expect(await parts('refund', 500n)).toEqual([20n, 80n, 400n]);
    expect([world.sum('capture'), world.sum('refund')]).toEqual([500n, 500n]);
    expect(await parts('refund', 280n)).toEqual([280n, 0n, 0n]);
    expect(world.current().status).toBe('refunded');
    expectTendersToBeDone(world);
  });

  test('a final capture that needs nothing of the card gives its hold back', async () => {
    const world = await givenSplitPayment(1000n, [600n]);
    await world.authorize(approvedForAWeek);
    await world.ask('capture', { amount: 500n, isFinal: true, key: 'final' });
    expect(world.current()).toMatchObject({ status: 'captured', capturable: 0n });
    expect(world.book.size).toBe(0);
    expect(world.giftCards.card(giftCardName(0))).toMatchObject({ available: 100n, held: 0n, redeemed: 500n });
    expectTendersToBeDone(world);
  });

  test('a capture that the card refuses leaves the gift cards alone', async () => {
    const world = await givenSplitPayment(1000n, [600n]);
    await world.authorize(approvedForAWeek);
    world.setWeather('unavailable');
    const failed = await world.ask('capture', { key: 'one' });
    expect(failed).toMatchObject({ movement: { state: 'failed' }, payment: { capturable: 1000n } });
    expect(world.giftCards.card(giftCardName(0))).toMatchObject({ held: 600n, redeemed: 0n });
  });

  test('gift cards alone ask nobody, are held for a week, and are released then', async () => {
    const world = await givenSplitPayment(1000n, [600n, 600n]);
    await world.authorize(approvedForAWeek);
    expect(world.current()).toMatchObject({ status: 'authorized', capturable: 1000n });
    await world.ask('capture', { amount: 700n, key: 'one' });
    await world.finish(later(7 * 86_400));
    expect(world.current()).toMatchObject({ status: 'captured', amountCaptured: 700n });
    expect(world.giftCards.card(giftCardName(1))).toMatchObject({ available: 500n, held: 0n });
    expectTendersToBeDone(world);
  });
});
