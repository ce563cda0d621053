import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Payment } from '../../../../core/payments/payment.ts';
import type { CaptureRequest } from '../../../../core/payments/acquirer.ts';
import { finishMovements } from '../../../../core/payments/movements/finish-movements.ts';
import { movePayment } from '../../../../core/payments/movements/move-payment.ts';
import { movementRules } from '../../../../core/payments/movements/movement-rules.ts';
import { transitionRules } from '../../../../core/payments/transition.ts';
import { noGiftCards, platform } from '../fakes.ts';
import type { Weather } from './fake-movements.ts';
import { authorizedPayment, fakeAcquirer, fakeMovementStore } from './fake-movements.ts';

const now = new Date('2026-11-22T10:00:00.000Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

async function given(amount: bigint) {
  const world = fakeMovementStore();
  const payment = authorizedPayment(amount, now);
  await world.store.open(payment);
  const acquirer = fakeAcquirer(amount);
  const dependencies = { store: world.movements, acquirer: acquirer.acquirer, giftCards: noGiftCards };
  const current = () => world.payments.get(payment.id) ?? payment;
  let requests = 0;
  const ask = (
    kind: 'capture' | 'void' | 'refund',
    { amount: asked, isFinal = false, key, at = now }: { amount?: bigint; isFinal?: boolean; key: string; at?: Date },
  ) => {
    requests += 1;
    const request = { principal: platform, paymentId: payment.id, kind, isFinal, idempotencyKey: key };
    return movePayment(dependencies, { ...request, amount: asked, requestId: `request-${requests}` }, at);
  };
  const finish = (at: Date) => finishMovements(dependencies, payment.id, at).catch(() => 0);
  return { ...world, ...acquirer, payment, dependencies, current, ask, finish };
}

type Given = Awaited<ReturnType<typeof given>>;

const sumOf = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

/** What must hold after any step, whatever happened. */
function expectBooksToHold({ current, transitionsOf, lots, payment }: Given): void {
  const { amountAuthorized, amountCaptured, amountRefunded, capturable, refundable, movements }: Payment = current();
  const pending = Object.values(movements).filter(({ state }) => state === 'pending');
  const taken = (isRefund: boolean) =>
    sumOf(pending.filter(({ kind }) => (kind === 'refund') === isRefund).map((movement) => movement.taken));
  expect(amountCaptured).toBeLessThanOrEqual(amountAuthorized);
  expect(amountRefunded).toBeLessThanOrEqual(amountCaptured);
  expect(amountCaptured + capturable + taken(false)).toBeLessThanOrEqual(amountAuthorized);
  expect(amountRefunded + refundable + taken(true)).toBe(amountCaptured);
  expect(capturable >= 0n && refundable >= 0n).toBe(true);

  const postings = transitionsOf(payment.id).flatMap((transition) => transition.postings);
  const balance = (account: string) =>
    sumOf(
      postings
        .filter((posting) => posting.account === account)
        .map(({ side, amount }) => (side === 'debit' ? amount : -amount)),
    );
  // The authorization itself was opened by the test, not by a transition.
  expect(amountAuthorized + balance('auth_hold')).toBe(capturable + taken(false));
  const held = sumOf([...lots.values()].filter(({ amount }) => amount > 0n).map(({ remaining }) => remaining));
  expect(-balance('seller_deferred')).toBe(held);
  expect(balance('processor_clearing') + balance('processing_fee')).toBe(amountCaptured - amountRefunded);
  expect(sumOf([...new Set(postings.map(({ account }) => account))].map(balance))).toBe(0n);
}

const weather = fc.constantFrom<Weather>('clear', 'clear', 'drop_before', 'drop_after', 'unavailable');
const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('capture', 'refund'),
    share: fc.integer({ min: 1, max: 120 }),
    isFinal: fc.boolean(),
    key: fc.integer({ min: 0, max: 8 }),
    weather,
  }),
  fc.record({ kind: fc.constant('void'), key: fc.integer({ min: 0, max: 2 }), weather }),
  fc.record({ kind: fc.constant('finish'), seconds: fc.integer({ min: 0, max: 700_000 }), weather }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(world: Given, taken: Step): Promise<void> {
  world.setWeather(taken.weather);
  switch (taken.kind) {
    case 'finish':
      await world.finish('seconds' in taken ? later(taken.seconds) : now);
      break;
    case 'void':
      await world.ask('void', { key: `void-${'key' in taken ? taken.key : 0}` });
      break;
    default: {
      if (!('share' in taken)) return;
      const amount = (world.payment.amount * BigInt(taken.share)) / 100n;
      if (amount === 0n) return;
      const kind = taken.kind === 'capture' ? 'capture' : 'refund';
      await world.ask(kind, { amount, isFinal: taken.isFinal && kind === 'capture', key: `${kind}-${taken.key}` });
    }
  }
}

describe('any history of captures, voids, refunds and expiry, with answers lost and requests doubled', () => {
  test('keeps the caps, the remainders, the holds and the lots, and ends as the acquirer has it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 9 }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        async (steps, amount) => {
          const world = await given(amount);
          for (const taken of steps) {
            await take(world, taken);
            expectBooksToHold(world);
          }
          world.setWeather('clear');
          await world.finish(later(30 * 86_400));
          expectBooksToHold(world);
          const { amountCaptured, amountRefunded, capturable, movements, resolveAt, status } = world.current();
          expect([amountCaptured, amountRefunded]).toEqual([world.sum('capture'), world.sum('refund')]);
          expect(Object.values(movements).filter(({ state }) => state === 'pending')).toEqual([]);
          expect([capturable, resolveAt]).toEqual([0n, undefined]);
          expect(['captured', 'partially_refunded', 'refunded', 'voided', 'expired']).toContain(status);
        },
      ),
      { numRuns: 10_000 },
    );
  }, 300_000);

  test('racing requests never exceed a cap, whatever their order, and a repeated one is the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('capture', 'refund', 'void'), fc.integer({ min: 1, max: 60 })), {
          maxLength: 16,
        }),
        fc.bigInt({ min: 1n, max: 10_000n }),
        async (requests, captured) => {
          const world = await given(10_000n);
          await world.ask('capture', { amount: captured, key: 'first' });
          const send = ([kind, share]: (typeof requests)[number], index: number) =>
            world.ask(kind === 'capture' ? 'capture' : kind === 'refund' ? 'refund' : 'void', {
              ...(kind === 'void' ? {} : { amount: BigInt(share) * 100n }),
              key: `racing-${index}`,
            });
          const first = await Promise.all(requests.map(send));
          expectBooksToHold(world);
          const before = world.current();
          for (const [index, request] of requests.entries()) {
            const told = first[index];
            // What was refused left nothing behind, and may be asked for again.
            if (told?.kind !== 'moved') continue;
            expect(await send(request, index)).toMatchObject({ movement: told.movement, replayed: true });
          }
          expect(world.current()).toEqual(before);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a capture whose end is not known yet', () => {
  const lost = async () => {
    const world = await given(4200n);
    world.setWeather('drop_before');
    expect(await world.ask('capture', { amount: 4000n, key: 'lost' })).toMatchObject({
      movement: { state: 'pending' },
    });
    return world;
  };

  test('is not shut out by one that takes the rest', async () => {
    const world = await lost();
    expect(await world.ask('capture', { amount: 200n, key: 'rest' })).toMatchObject({
      movement: { state: 'succeeded' },
    });
    await world.finish(later(60));
    expect(world.current()).toMatchObject({ status: 'captured', amountCaptured: 4200n });
    expect(world.sum('capture')).toBe(4200n);
  });

  test.each([
    ['a void', 'void', {}],
    ['a final capture', 'capture', { amount: 100n, isFinal: true }],
  ] as const)('holds up %s, which would close the authorization', async (_what, kind, asked) => {
    const world = await lost();
    expect(await world.ask(kind, { ...asked, key: 'closing' })).toEqual({ kind: 'captureUnderWay' });
    await world.finish(later(60));
    expect(await world.ask(kind, { ...asked, key: 'closing', at: later(61) })).toMatchObject({ kind: 'moved' });
    expect(world.sum('capture')).toBe(kind === 'void' ? 4000n : 4100n);
    expectBooksToHold(world);
  });
});

describe('a payment with very many movements', () => {
  test('takes no more captures, then no more refunds, and can always be ended', async () => {
    const world = await given(1_000_000n);
    for (let index = 0; index < 60; index += 1) await world.ask('capture', { amount: 100n, key: `capture-${index}` });
    expect(await world.ask('capture', { amount: 100n, key: 'one more' })).toEqual({
      ...{ kind: 'tooMany', kindOfMovement: 'capture', most: 60 },
    });
    for (let index = 0; index < 140; index += 1) await world.ask('refund', { amount: 1n, key: `refund-${index}` });
    expect(await world.ask('refund', { amount: 1n, key: 'one more' })).toMatchObject({ kind: 'tooMany', most: 200 });
    expect(await world.ask('void', { key: 'void' })).toMatchObject({
      payment: { capturable: 0n, amountCaptured: 6000n },
    });
    expectBooksToHold(world);
  });
});

describe('the table of movements', () => {
  test('together with that of outcomes reaches every state, and each state that is not an end has a way on', () => {
    const edges = [
      ...transitionRules.map(({ from, to }) => [from, to] as const),
      ...movementRules.flatMap(({ leads }) =>
        Object.entries(leads).flatMap(([from, to]) => to.map((each) => [from, each] as const)),
      ),
    ];
    const reached = new Set<string>(['processing']);
    for (let before = 0; before !== reached.size;) {
      before = reached.size;
      for (const [from, to] of edges) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].sort()).toEqual(
      [
        ...['processing', 'authorized', 'partially_captured', 'captured', 'partially_refunded', 'refunded'],
        ...['voided', 'expired', 'declined', 'failed', 'in_review'],
      ].sort(),
    );
    const ends = [...reached].filter((state) => !edges.some(([from, to]) => from === state && to !== state));
    expect(ends.sort()).toEqual(['declined', 'expired', 'failed', 'refunded', 'voided']);
  });
});

describe('a capture', () => {
  test('makes one lot of what is left after the commission, and the fees and commissions of parts sum to the whole', async () => {
    const world = await given(1001n);
    for (const [index, amount] of [333n, 333n, 335n].entries()) await world.ask('capture', { amount, key: `${index}` });
    expect(world.current()).toMatchObject({ status: 'captured', amountCaptured: 1001n, capturable: 0n });
    const lots = [...world.lots.values()];
    expect(lots).toHaveLength(3);
    // 15 % of 10.01, rounded half up, is 1.50.
    expect(sumOf(lots.map(({ amount }) => amount))).toBe(1001n - 150n);
  });

  test('that is final releases the rest', async () => {
    const world = await given(1000n);
    const result = await world.ask('capture', { amount: 400n, isFinal: true, key: 'final' });
    expect(result).toMatchObject({ kind: 'moved', payment: { status: 'captured', capturable: 0n } });
    expect(await world.ask('capture', { amount: 1n, key: 'more' })).toEqual({
      kind: 'notPossible',
      status: 'captured',
    });
  });

  test('of more than is left is refused with the numbers', async () => {
    const world = await given(1000n);
    await world.ask('capture', { amount: 600n, key: 'one' });
    const more = await world.ask('capture', { amount: 401n, key: 'two' });
    expect(more).toEqual({ kind: 'amountExceeds', asked: 401n, left: 400n });
  });

  test('that came too late for the authorization is refused before anybody is asked', async () => {
    const world = await given(1000n);
    const at = later(7 * 86_400);
    expect(await world.ask('capture', { key: 'late', at })).toEqual({ kind: 'notPossible', status: 'authorized' });
    expect(world.book.size).toBe(0);
  });

  test('whose outcome is unknown is pending, and is found out by its reference', async () => {
    for (const lost of ['drop_before', 'drop_after'] as const) {
      const world = await given(1000n);
      world.setWeather(lost);
      const result = await world.ask('capture', { key: 'lost' });
      expect(result).toMatchObject({ movement: { state: 'pending' }, payment: { status: 'authorized' } });
      expect(await world.ask('capture', { key: 'lost', at: later(1) })).toEqual({ kind: 'inFlight' });
      await world.finish(later(60));
      expect(world.current()).toMatchObject({ status: 'captured', amountCaptured: 1000n });
      const replayed = await world.ask('capture', { key: 'lost', at: later(61) });
      expect(replayed).toMatchObject({ replayed: true, movement: { state: 'succeeded' } });
    }
  });

  test('that certainly was not sent has failed, and its amount can be captured again', async () => {
    const world = await given(1000n);
    world.setWeather('unavailable');
    expect(await world.ask('capture', { key: 'one' })).toMatchObject({
      movement: { state: 'failed', failureCode: 'acquirer_unavailable' },
    });
    expect(await world.ask('capture', { key: 'two' })).toMatchObject({ payment: { status: 'captured' } });
  });

  test('that somebody else ended meanwhile is answered as it ended, whatever has come since', async () => {
    const world = await given(1000n);
    const slow = {
      ...world.acquirer,
      capture: async (request: CaptureRequest) => {
        const answer = await world.acquirer.capture(request);
        await world.finish(later(60));
        await world.ask('refund', { amount: 100n, key: 'refund', at: later(61) });
        return answer;
      },
    };
    const request = { principal: platform, paymentId: world.payment.id, kind: 'capture', isFinal: false } as const;
    const asked = { ...request, idempotencyKey: 'slow', requestId: 'request-slow' };
    const told = await movePayment({ ...world.dependencies, acquirer: slow }, asked, now);
    expect(told).toMatchObject({ payment: { status: 'captured', amountCaptured: 1000n, amountRefunded: 0n } });
    const replayed = await movePayment(world.dependencies, { ...asked, requestId: 'again' }, later(62));
    expect(replayed).toEqual({ ...told, replayed: true });
  });

  test('under the same key with another amount is refused', async () => {
    const world = await given(1000n);
    await world.ask('capture', { amount: 100n, key: 'one' });
    expect(await world.ask('capture', { amount: 200n, key: 'one' })).toEqual({ kind: 'keyReused' });
  });
});

describe('a refund', () => {
  test('takes from the youngest lot first, and gives back the commission in proportion', async () => {
    const world = await given(1000n);
    await world.ask('capture', { amount: 600n, key: 'one' });
    await world.ask('capture', { amount: 400n, key: 'two' });
    await world.ask('refund', { amount: 500n, key: 'three' });
    expect([...world.lots.values()].map(({ remaining }) => remaining)).toEqual([425n, 0n]);
  });

  test('after the lot was paid out makes a negative lot, which the seller owes', async () => {
    const world = await given(1000n);
    await world.ask('capture', { key: 'one' });
    for (const [id, lot] of world.lots) world.lots.set(id, { ...lot, state: 'claimed' });
    await world.ask('refund', { amount: 400n, key: 'two' });
    const negative = [...world.lots.values()].filter(({ amount }) => amount < 0n);
    expect(negative).toMatchObject([{ amount: -340n, state: 'held', reason: 'refund_after_payout' }]);
    const last = world.transitionsOf(world.payment.id).at(-1);
    expect(last?.postings).toContainEqual({
      account: 'seller_receivable',
      side: 'debit',
      amount: 340n,
      currency: 'EUR',
      sellerId: 'sel_demo',
    });
  });

  test('of more than was captured is refused with the numbers', async () => {
    const world = await given(1000n);
    await world.ask('capture', { amount: 600n, key: 'one' });
    expect(await world.ask('refund', { amount: 601n, key: 'two' })).toEqual({
      kind: 'amountExceeds',
      asked: 601n,
      left: 600n,
    });
  });
});

describe('an authorization that ran out', () => {
  test('is released at the acquirer and announced, once', async () => {
    const world = await given(1000n);
    expect(await world.finish(later(7 * 86_400 - 1))).toBe(0);
    expect(await world.finish(later(7 * 86_400))).toBe(1);
    expect(await world.finish(later(8 * 86_400))).toBe(0);
    expect(world.current()).toMatchObject({ status: 'expired', capturable: 0n });
    expect(world.transitionsOf(world.payment.id).map(({ event }) => event)).toEqual(['payment.expired']);
  });

  test('keeps what was captured in time', async () => {
    const world = await given(1000n);
    await world.ask('capture', { amount: 300n, key: 'one' });
    await world.finish(later(7 * 86_400));
    expect(world.current()).toMatchObject({ status: 'captured', amountCaptured: 300n });
  });
});

test('a stranger finds no payment to move', async () => {
  const world = await given(1000n);
  const request = { principal: { ...platform, id: 'stranger' }, paymentId: world.payment.id, kind: 'capture' } as const;
  const result = await movePayment(
    world.dependencies,
    { ...request, isFinal: false, idempotencyKey: 'k', requestId: 'r' },
    now,
  );
  expect(result).toEqual({ kind: 'paymentUnknown' });
});
