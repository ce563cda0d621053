import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SettlementLine } from '../../../core/payments/acquirer.ts';
import { settledKey } from '../../../core/settlement/settlement.ts';
import type { BookedMovement, Kill } from './fake-settlements.ts';
import { captureOf, Killed, lineOf, refundOf } from './fake-settlements.ts';
import { settlementWorld } from './settlement-world.ts';

/** What an acquirer may do to the line of a movement, or instead of it. */
const tampering = fc.constantFrom(
  'none',
  'none',
  'none',
  'dropped',
  'doubled',
  'amount',
  'fee',
  'currency',
  'later',
  'stranger',
  'levy',
);

const aMovement = fc.record({
  day: fc.nat(2),
  isRefund: fc.boolean(),
  amount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  state: fc.constantFrom(
    'succeeded' as const,
    'succeeded' as const,
    'succeeded' as const,
    'pending' as const,
    'failed' as const,
  ),
  /** What becomes of a pending one. */
  ends: fc.constantFrom('succeeded' as const, 'failed' as const, 'pending' as const),
  tampering,
});
type AMovement = typeof aMovement extends fc.Arbitrary<infer T> ? T : never;

const aKill = fc.record({
  writes: fc.integer({ min: 1, max: 12 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

const aHistory = fc.record({
  movements: fc.array(aMovement, { maxLength: 30 }),
  order: fc.nat(),
  kills: fc.array(aKill, { maxLength: 8 }),
});

const days = ['2026-11-25', '2026-11-26', '2026-11-27'];
const runs = ['2026-11-26T01:30:00Z', '2026-11-27T01:30:00Z', '2026-11-28T01:30:00Z', '2026-11-28T13:30:00Z'];

function movementOf({ day, isRefund, amount, currency, state }: AMovement, index: number): BookedMovement {
  const changes = { day: days[day] ?? '', currency, state, gross: isRefund ? -amount : amount };
  return isRefund ? refundOf(String(index), changes) : captureOf(String(index), changes);
}

/** The lines that the acquirer writes for it, and in which day's file. */
function linesOf(movement: BookedMovement, how: string): readonly { day: string; line: SettlementLine }[] {
  const { day } = movement;
  const line = lineOf(movement);
  switch (how) {
    case 'dropped':
      return [];
    case 'doubled':
      return [
        { day, line },
        { day: days.at(-1) ?? '', line },
      ];
    case 'amount':
      return [{ day, line: { ...line, gross: line.gross + 1n, net: line.net + 1n } }];
    case 'fee':
      return [{ day, line: { ...line, fee: line.fee + 1n, net: line.net - 1n } }];
    case 'currency':
      return [{ day, line: { ...line, currency: 'CHF' } }];
    case 'later':
      return [{ day: days.at(-1) ?? '', line }];
    case 'stranger':
      return [
        { day, line },
        { day, line: { ...line, reference: `stranger-${line.reference.slice(-20)}` } },
      ];
    case 'levy':
      return [
        { day, line },
        { day, line: { ...line, operation: 'levy' } },
      ];
    default:
      return [{ day, line }];
  }
}

function shuffle<T>(items: readonly T[], seed: number): readonly T[] {
  return items
    .map((item, index) => ({ item, rank: Math.imul(index + 1, seed | 1) >>> 0 }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

/** Runs until one ends by itself: each kill takes one run away in the middle of its writes. */
async function runThrough(world: ReturnType<typeof settlementWorld>, at: string, kills: Kill[]): Promise<void> {
  for (;;) {
    const kill = kills.shift();
    if (kill) world.state.kill = { ...kill };
    else delete world.state.kill;
    try {
      await world.run(at);
      return;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}

const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);

describe('whatever the acquirer writes, and wherever runs are killed', () => {
  test('the bank agrees with the transfers, clearing with what is owed, and nothing is booked twice', async () => {
    let tampered = 0;
    await fc.assert(
      fc.asyncProperty(aHistory, async ({ movements: told, order, kills }) => {
        const world = settlementWorld();
        const movements = told.map(movementOf);
        const lines = shuffle(
          movements.flatMap((movement, index) => linesOf(movement, told[index]?.tampering ?? 'none')),
          order,
        );
        for (const day of days)
          world.files.set(
            day,
            lines.filter((each) => each.day === day).map(({ line }) => line),
          );
        const waiting = kills.map((kill) => ({ ...kill }));
        world.book(...movements);
        for (const [index, at] of runs.entries()) {
          // Before the last run what was pending has ended, or not.
          if (index === runs.length - 1)
            world.book(
              ...movements.map((each, of) =>
                each.state === 'pending' ? { ...each, state: told[of]?.ends ?? 'pending' } : each,
              ),
            );
          await runThrough(world, at, waiting.splice(0, 2));
        }
        if (told.some((each) => each.tampering !== 'none')) tampered += 1;

        const cleared = world.transitions.flatMap(({ clears }) => clears);
        expect(new Set(cleared).size).toBe(cleared.length);
        expect([...world.settled.keys()].toSorted()).toEqual(cleared.toSorted());
        const held = [...world.held.values()];
        for (const currency of ['EUR', 'JPY', 'KWD', 'CHF']) {
          const ofCurrency = lines.filter(({ line }) => line.currency === currency);
          expect(world.balance('bank', currency)).toBe(sumOf(ofCurrency.map(({ line }) => line.net)));
          const unexplained = held.filter(({ line }) => line.currency === currency);
          expect(-world.balance('settlement_suspense', currency)).toBe(sumOf(unexplained.map(({ line }) => line.net)));
          const owed = [...world.movements.values()].filter(
            (each) => each.currency === currency && each.state === 'succeeded' && !world.settled.has(settledKey(each)),
          );
          expect(world.clearingLeft(currency)).toBe(sumOf(owed.map(({ net }) => net)));
        }
        // Each line that is held has one open exception, and nothing else has one but what was not settled in time.
        const open = [...world.exceptions.exceptions.values()].filter(({ resolvedAt }) => resolvedAt === undefined);
        expect(open).toHaveLength(held.length + world.watched.size);
        // What was settled as our book says, by the first line of it, is owed no longer.
        for (const [index, movement] of movements.entries()) {
          const isHonest = ['none', 'doubled', 'later', 'stranger', 'levy'].includes(told[index]?.tampering ?? '');
          const isSucceeded = world.movements.get(movement.reference)?.state === 'succeeded';
          expect(world.settled.has(settledKey(movement))).toBe(isHonest && isSucceeded);
        }
        expect(world.openFiles.size).toBe(0);
      }),
      { numRuns: 400 },
    );
    expect(tampered).toBeGreaterThan(300);
  });

  test('two runs at once book what one would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aMovement, { minLength: 1, maxLength: 30 }), async (told) => {
        const world = settlementWorld();
        const movements = told.map(movementOf).map((each): BookedMovement => ({ ...each, day: '2026-11-25' }));
        world.book(...movements);
        const lines = movements.map(lineOf);
        world.files.set('2026-11-25', lines);
        await Promise.all([world.run('2026-11-26T01:30:00Z'), world.run('2026-11-26T01:30:00Z')]);
        await world.run('2026-11-26T13:30:00Z');
        for (const currency of ['EUR', 'JPY', 'KWD']) {
          const ofCurrency = lines.filter((line) => line.currency === currency);
          expect(world.balance('bank', currency)).toBe(sumOf(ofCurrency.map(({ net }) => net)));
          expect(world.clearingLeft(currency)).toBe(0n);
        }
        const open = [...world.exceptions.exceptions.values()].filter(({ resolvedAt }) => resolvedAt === undefined);
        expect(open).toHaveLength(world.held.size);
      }),
      { numRuns: 200 },
    );
  });
});
