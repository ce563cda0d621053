import { describe, expect, test } from '@jest/globals';
import { balancesOf, expectBooksToHold, givenPayment, lotSums } from './dispute-world.ts';
import type { World } from './dispute-world.ts';

/** The postings of the newest transition as a bookkeeper writes them. */
function lastEntry({ transitionsOf, payment }: World): readonly string[] {
  const { postings = [] } = transitionsOf(payment.id).at(-1) ?? {};
  return postings.map(({ account, side, amount }) => `${side} ${account} ${amount}`);
}

// 100.00 captured at 15 % commission: the seller's part is 85.00. A dispute costs 15.00.
async function givenCaptured(options: Parameters<typeof givenPayment>[1] = {}) {
  const world = await givenPayment(10_000n, options);
  const captureId = await world.capture(10_000n);
  return { world, captureId };
}

describe('a chargeback', () => {
  const table: readonly (readonly [
    what: string,
    before: (world: World) => unknown,
    disputed: bigint,
    entry: readonly string[],
  ])[] = [
    [
      'of a sale that is not paid out takes the seller and us our parts back',
      () => undefined,
      10_000n,
      [
        'debit seller_deferred 8500',
        'debit commission 1500',
        'debit dispute_fee 1500',
        'credit processor_clearing 11500',
      ],
    ],
    [
      'of a part takes parts',
      () => undefined,
      1_000n,
      ['debit seller_deferred 850', 'debit commission 150', 'debit dispute_fee 1500', 'credit processor_clearing 2500'],
    ],
    [
      'of a sale that was paid out is owed by the seller',
      (world) => world.claimLots(),
      10_000n,
      [
        'debit seller_receivable 8500',
        'debit commission 1500',
        'debit dispute_fee 1500',
        'credit processor_clearing 11500',
      ],
    ],
    [
      'of a sale that was refunded in part takes the rest, and we carry what went beyond',
      (world) => world.ask('refund', 4_000n, 'refund'),
      10_000n,
      [
        'debit seller_deferred 5100',
        'debit commission 900',
        'debit dispute_excess 4000',
        'debit dispute_fee 1500',
        'credit processor_clearing 11500',
      ],
    ],
  ];
  test.each(table)('%s', async (_, before, disputed, entry) => {
    const { world, captureId } = await givenCaptured();
    await before(world);
    expect(await world.notify(world.noticeOf(captureId, disputed))).toMatchObject({ kind: 'recorded' });
    expect(lastEntry(world)).toEqual(entry);
    expect(world.current().status).toBe('disputed');
    expectBooksToHold(world);
  });

  test('whose fee the seller bears leaves a negative lot of it', async () => {
    const { world, captureId } = await givenCaptured({ feeBearer: 'seller' });
    await world.notify(world.noticeOf(captureId, 10_000n));
    expect(lastEntry(world)).toContain('debit seller_receivable 1500');
    expect([...world.lots.values()]).toMatchObject([{ remaining: 0n }, { amount: -1500n, reason: 'dispute_fee' }]);
    expectBooksToHold(world);
  });

  test('that was won gives back the amount, in a lot that waits as long as the capture would have', async () => {
    const { world, captureId } = await givenCaptured();
    const notice = world.noticeOf(captureId, 10_000n);
    await world.notify(notice);
    await world.notify({ ...notice, version: 2, state: 'won' });
    expect(lastEntry(world)).toEqual([
      'debit processor_clearing 10000',
      'credit commission 1500',
      'credit seller_deferred 8500',
    ]);
    const [captured, won] = [...world.lots.values()];
    expect(won).toMatchObject({ amount: 8500n, reason: 'dispute_won', releaseAt: captured?.releaseAt });
    expect(world.current()).toMatchObject({ status: 'captured', refundable: 10_000n });
    expectBooksToHold(world);
  });

  test.each([
    ['platform', 'credit dispute_fee 1500'],
    ['seller', 'credit seller_deferred 1500'],
  ] as const)(
    'that was won gives the fee back, where the acquirer does, to whom bore it: the %s',
    async (feeBearer, line) => {
      const { world, captureId } = await givenCaptured({ feeBearer });
      const notice = world.noticeOf(captureId, 10_000n);
      await world.notify(notice);
      await world.notify({ ...notice, version: 2, state: 'won', feeReturned: 1500n });
      expect(lastEntry(world)).toContain(line);
      expect(lastEntry(world)).toContain('debit processor_clearing 11500');
      expectBooksToHold(world);
    },
  );

  test('that was lost moves nothing more, is refundable no longer, and leaves the state to the captures', async () => {
    const { world, captureId } = await givenCaptured();
    const notice = world.noticeOf(captureId, 6_000n);
    await world.notify(notice);
    await world.notify({ ...notice, version: 2, state: 'lost' });
    expect(lastEntry(world)).toEqual([]);
    expect(world.current()).toMatchObject({ status: 'captured', refundable: 4_000n });
    expect(await world.ask('refund', 4_001n, 'more')).toEqual({ kind: 'amountExceeds', asked: 4_001n, left: 4_000n });
    expect(await world.ask('refund', 4_000n, 'rest')).toMatchObject({ payment: { status: 'partially_refunded' } });
    expectBooksToHold(world);
  });

  test('that was lost after the seller was paid leaves a negative lot, and one that was won then a positive one beside it', async () => {
    for (const state of ['lost', 'won'] as const) {
      const { world, captureId } = await givenCaptured();
      world.claimLots();
      const notice = world.noticeOf(captureId, 10_000n);
      await world.notify(notice);
      await world.notify({ ...notice, version: 2, state });
      expect(lotSums(world)).toEqual({ waiting: state === 'won' ? 8500n : 0n, owed: 8500n });
      expect([...world.lots.values()]).toContainEqual(
        expect.objectContaining({ amount: -8500n, reason: 'dispute_after_payout' }),
      );
      expectBooksToHold(world);
    }
  });

  test('beyond what refunds had left is told to people, once', async () => {
    const { world, captureId } = await givenCaptured();
    await world.ask('refund', 10_000n, 'all');
    await world.notify(world.noticeOf(captureId, 10_000n));
    await world.notify(world.noticeOf(captureId, 10_000n));
    expect(world.current()).toMatchObject({ status: 'disputed', refundable: -10_000n, disputeExcess: 10_000n });
    expect([...world.exceptions.values()]).toMatchObject([
      { kind: 'dispute_exceeds_captured', found: { amount: '10000' } },
    ]);
    expect(await world.ask('refund', undefined, 'more')).toEqual({ kind: 'notPossible', status: 'disputed' });
    expectBooksToHold(world);
  });

  test('beyond a refund under way is covered by the seller when that comes to nothing', async () => {
    const { world, captureId } = await givenCaptured();
    world.setWeather('drop_before');
    await world.ask('refund', 4_000n, 'lost');
    await world.notify(world.noticeOf(captureId, 10_000n));
    expect(world.current()).toMatchObject({ refundable: -4_000n, disputeExcess: 4_000n });
    world.refuseRefunds();
    await world.finish(new Date('2026-11-22T10:05:00.000Z'));
    expect(lastEntry(world)).toEqual([
      'debit seller_deferred 3400',
      'debit commission 600',
      'credit dispute_excess 4000',
    ]);
    expect(world.current()).toMatchObject({ refundable: 0n, disputeExcess: 0n, status: 'disputed' });
    expect(lotSums(world)).toEqual({ waiting: 0n, owed: 0n });
    expectBooksToHold(world);
  });

  test('of one capture leaves another one alone, and several may be open', async () => {
    const world = await givenPayment(10_000n);
    const [first, second] = [await world.capture(6_000n), await world.capture(4_000n)];
    await world.notify(world.noticeOf(first, 6_000n));
    await world.notify(world.noticeOf(second, 1_000n));
    expect(world.current()).toMatchObject({ status: 'disputed', refundable: 3_000n });
    await world.notify(world.noticeOf(first, 6_000n, { version: 2, state: 'won' }));
    expect(world.current()).toMatchObject({ status: 'disputed', refundable: 9_000n });
    await world.notify(world.noticeOf(second, 1_000n, { version: 2, state: 'lost' }));
    expect(world.current()).toMatchObject({ status: 'captured', refundable: 9_000n });
    expectBooksToHold(world);
  });
});

describe('an inquiry', () => {
  test('moves nothing and leaves the payment as it is, until it becomes a chargeback', async () => {
    const { world, captureId } = await givenCaptured();
    const inquiry = world.noticeOf(captureId, 10_000n, { kind: 'inquiry', state: 'warning_needs_response', fee: 0n });
    await world.notify(inquiry);
    expect(lastEntry(world)).toEqual([]);
    expect(world.current()).toMatchObject({ status: 'captured', refundable: 10_000n });
    await world.notify({
      ...inquiry,
      version: 2,
      kind: 'chargeback',
      state: 'needs_response',
      amount: 9_000n,
      fee: 1500n,
    });
    expect(lastEntry(world)).toContain('credit processor_clearing 10500');
    expect(world.current()).toMatchObject({ status: 'disputed', refundable: 1_000n });
    expectBooksToHold(world);
  });
});

describe('a notice', () => {
  test.each(['won', 'lost'] as const)(
    'of a dispute that is %s leaves the same lots and balances in any order',
    async (end) => {
      const outcomes = new Set<string>();
      for (const order of [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1], [3], [1, 1, 3, 3, 2]]) {
        const { world, captureId } = await givenCaptured({ feeBearer: 'seller' });
        const states = ['needs_response', 'under_review', end] as const;
        for (const version of order) {
          const state = states[version - 1] ?? end;
          await world.notify(
            world.noticeOf(captureId, 7_001n, { version, state, feeReturned: state === 'won' ? 1500n : 0n }),
          );
        }
        expectBooksToHold(world);
        const { refundable, status, disputes } = world.current();
        const outcome = { balances: balancesOf(world), lots: [...world.lots.values()], refundable, status, disputes };
        outcomes.add(
          JSON.stringify(outcome, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
        );
      }
      expect(outcomes.size).toBe(1);
    },
  );

  test('that is told again, or is older than what is known, changes nothing', async () => {
    const { world, captureId } = await givenCaptured();
    const notice = world.noticeOf(captureId, 10_000n, { version: 3, state: 'lost' });
    await world.notify(notice);
    const before = [world.current(), [...world.lots], world.transitionsOf(world.payment.id).length];
    for (const older of [
      notice,
      { ...notice, version: 2, state: 'under_review' } as const,
      world.noticeOf(captureId, 10_000n),
    ])
      expect(await world.notify(older)).toMatchObject({ kind: 'known', dispute: { state: 'lost', version: 3 } });
    expect([world.current(), [...world.lots], world.transitionsOf(world.payment.id).length]).toEqual(before);
    expectBooksToHold(world);
  });

  test.each([
    [
      'a payment that is not ours',
      { captureReference: 'pay_00000000000000000000000009-cap_00000000000000000000000009' },
    ],
    ['a reference that is none of ours', { captureReference: 'somebody else' }],
    [
      'a capture that our payment does not have',
      { captureReference: 'pay_00000000000000000000000001-cap_00000000000000000000000009' },
    ],
  ])('of %s moves nothing and is kept for people', async (_, changes) => {
    const { world, captureId } = await givenCaptured();
    const before = world.current();
    const notice = world.noticeOf(captureId, 10_000n, changes);
    for (let again = 0; again < 2; again += 1)
      expect(await world.notify(notice)).toEqual({ kind: 'exception', finding: 'dispute_reference_unknown' });
    expect([...world.exceptions.values()]).toMatchObject([{ found: { amount: '10000', state: 'needs_response' } }]);
    expect(world.current()).toEqual(before);
  });

  test('that contradicts our book moves nothing and is kept for people', async () => {
    const { world, captureId } = await givenCaptured();
    const notice = world.noticeOf(captureId, 10_000n);
    expect(await world.notify({ ...notice, currency: 'USD' })).toMatchObject({ finding: 'dispute_contradicts' });
    await world.notify({ ...notice, version: 2, state: 'lost' });
    const before = world.current();
    for (const contradiction of [
      { ...notice, version: 3, state: 'won' as const },
      { ...notice, version: 4, state: 'lost' as const, amount: 1n },
    ])
      expect(await world.notify(contradiction)).toMatchObject({ finding: 'dispute_contradicts' });
    expect(world.current()).toEqual(before);
    expect(world.exceptions.size).toBe(3);
  });

  test('of a capture whose outcome is not known here yet is to come again', async () => {
    const world = await givenPayment(10_000n);
    world.setWeather('drop_after');
    const captureId = await world.capture(10_000n);
    const notice = world.noticeOf(captureId, 10_000n);
    expect(await world.notify(notice)).toEqual({ kind: 'captureUnderWay' });
    await world.finish(new Date('2026-11-22T10:05:00.000Z'));
    expect(await world.notify(notice)).toMatchObject({ kind: 'recorded' });
    expectBooksToHold(world);
  });
});
