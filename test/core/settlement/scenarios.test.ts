import { describe, expect, test } from '@jest/globals';
import type { ExceptionKind } from '../../../core/exceptions/kinds.ts';
import { UnusableSettlementFile } from '../../../core/payments/acquirer.ts';
import type { SettlementLine } from '../../../core/payments/acquirer.ts';
import { captureOf, lineOf, refundOf } from './fake-settlements.ts';
import type { BookedMovement } from './fake-settlements.ts';
import { settlementWorld } from './settlement-world.ts';

const sale = captureOf('sale');
const otherSale = captureOf('other sale', { gross: 200n });
const giveBack = refundOf('sale');

interface Scenario {
  readonly rule: string;
  readonly book: readonly BookedMovement[];
  readonly file: readonly SettlementLine[];
  /** EUR, by the end of the first run: debits less credits. */
  readonly bank: bigint;
  readonly suspense: bigint;
  readonly clearingLeft: bigint;
  readonly exceptions?: readonly ExceptionKind[];
}

/** A capture of 100 costs 3, so 97 are owed; a refund of 40 takes 40. */
const scenarios: readonly Scenario[] = [
  { rule: 'nothing moved', book: [], file: [], bank: 0n, suspense: 0n, clearingLeft: 0n },
  { rule: 'a capture is settled', book: [sale], file: [lineOf(sale)], bank: 97n, suspense: 0n, clearingLeft: 0n },
  {
    rule: 'a capture and its refund are settled on one day',
    book: [sale, giveBack],
    file: [lineOf(sale), lineOf(giveBack)],
    bank: 57n,
    suspense: 0n,
    clearingLeft: 0n,
  },
  {
    rule: 'a refund alone takes from the bank',
    book: [giveBack],
    file: [lineOf(giveBack)],
    bank: -40n,
    suspense: 0n,
    clearingLeft: 0n,
  },
  {
    rule: 'what is not in the file stays owed',
    book: [sale, otherSale],
    file: [lineOf(sale)],
    bank: 97n,
    suspense: 0n,
    clearingLeft: 194n,
  },
  {
    rule: 'another amount than ours: the bank has what came, nothing is cleared',
    book: [sale],
    file: [{ ...lineOf(sale), gross: 90n, net: 87n }],
    bank: 87n,
    suspense: -87n,
    clearingLeft: 97n,
    exceptions: ['settlement_amount_differs'],
  },
  {
    rule: 'another fee than agreed',
    book: [sale],
    file: [{ ...lineOf(sale), fee: 5n, net: 95n }],
    bank: 95n,
    suspense: -95n,
    clearingLeft: 97n,
    exceptions: ['settlement_fee_differs'],
  },
  {
    rule: 'another currency: the bank of that currency has it',
    book: [captureOf('sale', { currency: 'USD' })],
    file: [lineOf(sale)],
    bank: 97n,
    suspense: -97n,
    clearingLeft: 0n,
    exceptions: ['settlement_currency_differs'],
  },
  {
    rule: 'a reference of nobody',
    book: [],
    file: [{ ...lineOf(sale), reference: 'stranger' }],
    bank: 97n,
    suspense: -97n,
    clearingLeft: 0n,
    exceptions: ['settlement_reference_unknown'],
  },
  {
    rule: 'an operation that we do not know',
    book: [sale],
    file: [{ ...lineOf(sale), operation: 'levy', gross: 0n, fee: 5n, net: -5n }],
    bank: -5n,
    suspense: 5n,
    clearingLeft: 97n,
    exceptions: ['settlement_operation_unknown'],
  },
  {
    rule: 'a refund under the reference of a capture',
    book: [sale],
    file: [{ ...lineOf(giveBack), reference: sale.reference }],
    bank: -40n,
    suspense: 40n,
    clearingLeft: 97n,
    exceptions: ['settlement_operation_differs'],
  },
  {
    rule: 'what is pending in our book',
    book: [{ ...sale, state: 'pending' }],
    file: [lineOf(sale)],
    bank: 97n,
    suspense: -97n,
    clearingLeft: 0n,
    exceptions: ['settlement_movement_pending'],
  },
  {
    rule: 'what failed in our book',
    book: [{ ...sale, state: 'failed' }],
    file: [lineOf(sale)],
    bank: 97n,
    suspense: -97n,
    clearingLeft: 0n,
    exceptions: ['settlement_movement_failed'],
  },
  {
    rule: 'the same line twice: one clears, one is too much',
    book: [sale],
    file: [lineOf(sale), lineOf(sale)],
    bank: 194n,
    suspense: -97n,
    clearingLeft: 0n,
    exceptions: ['settlement_repeated'],
  },
  {
    rule: 'a wrong line before the right one: the right one clears',
    book: [sale],
    file: [{ ...lineOf(sale), gross: 90n, net: 87n }, lineOf(sale)],
    bank: 184n,
    suspense: -87n,
    clearingLeft: 0n,
    exceptions: ['settlement_repeated'],
  },
];

describe('a day is settled by its file', () => {
  test.each(scenarios)('$rule', async ({ book, file, bank, suspense, clearingLeft, exceptions = [] }) => {
    const world = settlementWorld();
    world.book(...book);
    world.files.set('2026-11-25', file);
    const done = await world.run('2026-11-26T01:30:00Z');
    expect(done).toMatchObject({ settledThrough: '2026-11-25', waiting: [], lines: exceptions.length });
    expect(world.balance('bank', 'EUR')).toBe(bank);
    expect(world.balance('settlement_suspense', 'EUR')).toBe(suspense);
    expect(world.clearingLeft()).toBe(clearingLeft);
    expect(world.kinds('open')).toEqual(exceptions);
    expect(world.openFiles.size).toBe(0);
  });

  test('the same run again, and a day later, books nothing more and tells nobody again', async () => {
    const world = settlementWorld();
    world.book(sale);
    world.files.set('2026-11-25', [lineOf(sale), { ...lineOf(sale), reference: 'stranger' }]);
    world.files.set('2026-11-26', []);
    await world.run('2026-11-26T01:30:00Z');
    const { length } = world.transitions;
    expect(await world.run('2026-11-26T13:30:00Z')).toMatchObject({ files: 0, lines: 0, overdue: 0 });
    expect(await world.run('2026-11-27T01:30:00Z')).toMatchObject({ files: 0, lines: 0, settledThrough: '2026-11-26' });
    expect(world.transitions).toHaveLength(length);
    expect(world.kinds('open')).toEqual(['settlement_reference_unknown']);
  });

  test('the same line in the file of another day is settled twice, and told', async () => {
    const world = settlementWorld();
    world.book(sale);
    world.files.set('2026-11-25', [lineOf(sale)]);
    world.files.set('2026-11-26', [lineOf(sale)]);
    await world.run('2026-11-26T01:30:00Z');
    await world.run('2026-11-27T01:30:00Z');
    expect(world.clearingLeft()).toBe(0n);
    expect(world.balance('bank', 'EUR')).toBe(194n);
    expect(world.kinds('open')).toEqual(['settlement_repeated']);
  });
});

describe('what is explained later', () => {
  test('a pending movement that ends well is cleared by the next run, and its exception resolved', async () => {
    const world = settlementWorld();
    world.book({ ...sale, state: 'pending' });
    world.files.set('2026-11-25', [lineOf(sale)]);
    await world.run('2026-11-26T01:30:00Z');
    world.book(sale);
    expect(await world.run('2026-11-26T13:30:00Z')).toMatchObject({ explained: 1, lines: 0 });
    expect(world.balance('bank', 'EUR')).toBe(97n);
    expect(world.balance('settlement_suspense', 'EUR')).toBe(0n);
    expect(world.clearingLeft()).toBe(0n);
    expect(world.kinds('open')).toEqual([]);
    expect(world.kinds('resolved')).toEqual(['settlement_movement_pending']);
    expect(world.held.size).toBe(0);
  });

  test('one that fails is another exception, and the first is resolved', async () => {
    const world = settlementWorld();
    world.book({ ...sale, state: 'pending' });
    world.files.set('2026-11-25', [lineOf(sale)]);
    await world.run('2026-11-26T01:30:00Z');
    world.book({ ...sale, state: 'failed' });
    expect(await world.run('2026-11-26T13:30:00Z')).toMatchObject({ explained: 0, lines: 1 });
    expect(world.kinds('open')).toEqual(['settlement_movement_failed']);
    expect(world.kinds('resolved')).toEqual(['settlement_movement_pending']);
  });

  test('an exception says what was expected and found, of which payment, file and line', async () => {
    const world = settlementWorld();
    world.book(sale);
    world.files.set('2026-11-25', [{ ...lineOf(sale), gross: 90n, net: 87n }]);
    await world.run('2026-11-26T01:30:00Z');
    expect([...world.exceptions.exceptions.values()]).toMatchObject([
      {
        reference: sale.reference,
        paymentId: sale.paymentId,
        expected: { gross: '100', fee: '3', net: '97', currency: 'EUR' },
        found: { file: '2026-11-25', line: '1', operation: 'capture', gross: '90', fee: '3', net: '87' },
        firstSeen: '2026-11-26T01:30:00.000Z',
      },
    ]);
  });
});

describe('a file that cannot be booked', () => {
  test('is not late within its time, then it is told once, and resolved when it comes', async () => {
    const world = settlementWorld();
    world.book(sale);
    expect(await world.run('2026-11-26T01:30:00Z')).toMatchObject({ files: 0, waiting: ['2026-11-25'] });
    expect(await world.run('2026-11-26T13:30:00Z')).toMatchObject({ files: 1, settledThrough: '2026-11-24' });
    expect(await world.run('2026-11-26T14:30:00Z')).toMatchObject({ files: 0 });
    expect(world.kinds('open')).toEqual(['settlement_file_missing']);
    world.files.set('2026-11-25', [lineOf(sale)]);
    expect(await world.run('2026-11-26T15:30:00Z')).toMatchObject({ settledThrough: '2026-11-25' });
    expect(world.kinds('open')).toEqual([]);
    expect(world.clearingLeft()).toBe(0n);
  });

  test('holds up no later day', async () => {
    const world = settlementWorld();
    await world.run('2026-11-26T01:30:00Z');
    const next = captureOf('next', { day: '2026-11-26' });
    world.book(next);
    world.files.set('2026-11-26', [lineOf(next)]);
    const done = await world.run('2026-11-27T01:30:00Z');
    expect(done).toMatchObject({ settledThrough: '2026-11-24', waiting: ['2026-11-25'] });
    expect(world.clearingLeft()).toBe(0n);
    world.files.set('2026-11-25', []);
    expect(await world.run('2026-11-27T13:30:00Z')).toMatchObject({ settledThrough: '2026-11-26', waiting: [] });
  });

  test('because it does not fit itself books nothing, and is told without a word of what it holds', async () => {
    const world = settlementWorld();
    world.files.set('2026-11-25', new UnusableSettlementFile(7, 'the sums do not match'));
    expect(await world.run('2026-11-26T01:30:00Z')).toMatchObject({ files: 1, waiting: ['2026-11-25'] });
    expect(world.transitions).toEqual([]);
    expect([...world.exceptions.exceptions.values()]).toMatchObject([
      { kind: 'settlement_file_unusable', found: { file: '2026-11-25', line: '7' } },
    ]);
    world.files.set('2026-11-25', []);
    await world.run('2026-11-26T13:30:00Z');
    expect(world.kinds('open')).toEqual([]);
  });

  test('because it is another one than was booked is refused, half booked or settled', async () => {
    for (const isSettled of [true, false]) {
      const world = settlementWorld();
      const sales = Array.from({ length: 100 }, (_, index) => captureOf(`sale ${index}`));
      world.book(...sales);
      world.files.set('2026-11-25', sales.map(lineOf));
      let chunks = 0;
      await world.run('2026-11-26T01:30:00Z', () => isSettled || (chunks += 1) < 3);
      expect(world.settlements.get('2026-11-25')?.state).toBe(isSettled ? 'settled' : 'open');
      const bank = world.balance('bank', 'EUR');
      world.files.set('2026-11-25', [...sales.map(lineOf), { ...lineOf(sale), reference: 'stranger' }]);
      expect(await world.run('2026-11-26T13:30:00Z')).toMatchObject({ files: 1 });
      expect(await world.run('2026-11-26T14:30:00Z')).toMatchObject({ files: 0 });
      expect(world.balance('bank', 'EUR')).toBe(bank);
      expect(world.kinds('open')).toEqual(['settlement_file_replaced']);
    }
  });

  test('because the acquirer is away fails the run, and the next one does its work', async () => {
    const world = settlementWorld();
    world.book(sale);
    world.files.set('2026-11-25', new Error('away'));
    await expect(world.run('2026-11-26T01:30:00Z')).rejects.toThrow('away');
    world.files.set('2026-11-25', [lineOf(sale)]);
    expect(await world.run('2026-11-26T13:30:00Z')).toMatchObject({ settledThrough: '2026-11-25' });
    expect(world.clearingLeft()).toBe(0n);
  });
});

describe('days', () => {
  test('that were missed are caught up in one run', async () => {
    const world = settlementWorld();
    await world.run('2026-11-20T01:30:00Z');
    for (let day = 19; day <= 25; day += 1) {
      const each = captureOf(`of ${day}`, { day: `2026-11-${day}` });
      world.book(each);
      world.files.set(`2026-11-${day}`, [lineOf(each)]);
    }
    expect(await world.run('2026-11-26T01:30:00Z')).toMatchObject({ settledThrough: '2026-11-25', overdue: 0 });
    expect(world.clearingLeft()).toBe(0n);
  });

  test('go on where the time was over, within a file too', async () => {
    const world = settlementWorld();
    const sales = Array.from({ length: 1_000 }, (_, index) => captureOf(`sale ${index}`));
    world.book(...sales);
    world.files.set('2026-11-25', sales.map(lineOf));
    for (let run = 0; world.settlements.get('2026-11-25')?.state !== 'settled'; run += 1) {
      expect(run).toBeLessThan(12);
      let chunks = 0;
      await world.run('2026-11-26T01:30:00Z', () => (chunks += 1) < 4);
    }
    expect(world.clearingLeft()).toBe(0n);
    expect(world.transitions.length).toBe(Math.ceil(1_000 / 90));
    expect(world.transitions.flatMap(({ clears }) => clears)).toHaveLength(1_000);
  });
});

describe('what does not clear in time', () => {
  test('is not told of a day to which our book may still add', async () => {
    const world = settlementWorld();
    for (const day of ['2026-11-26', '2026-11-27', '2026-11-28']) world.files.set(day, []);
    await world.run('2026-11-27T01:30:00Z');
    world.book(sale);
    world.openDays.add('2026-11-25');
    expect(await world.run('2026-11-28T01:30:00Z')).toMatchObject({ overdue: 0, checkedThrough: '2026-11-24' });
    world.openDays.clear();
    expect(await world.run('2026-11-28T13:30:00Z')).toMatchObject({ overdue: 1, checkedThrough: '2026-11-25' });
  });

  test('is told after three calendar days, once, and resolved when it is settled after all', async () => {
    const world = settlementWorld();
    world.book(sale, otherSale, giveBack, captureOf('pending', { state: 'pending' }));
    world.files.set('2026-11-25', [lineOf(sale)]);
    for (const day of ['2026-11-26', '2026-11-27', '2026-11-28']) world.files.set(day, []);
    expect(await world.run('2026-11-26T01:30:00Z')).toMatchObject({ overdue: 0 });
    expect(await world.run('2026-11-27T01:30:00Z')).toMatchObject({ overdue: 0 });
    expect(await world.run('2026-11-28T01:30:00Z')).toMatchObject({ overdue: 2, checkedThrough: '2026-11-25' });
    expect(await world.run('2026-11-28T13:30:00Z')).toMatchObject({ overdue: 0 });
    expect(world.kinds('open')).toEqual(['clearing_overdue', 'clearing_overdue']);
    world.files.set('2026-11-28', [lineOf(otherSale)]);
    await world.run('2026-11-29T01:30:00Z');
    expect(world.kinds('open')).toEqual(['clearing_overdue']);
    expect(world.kinds('resolved')).toEqual(['clearing_overdue']);
    const [open] = [...world.exceptions.exceptions.values()].filter(({ resolvedAt }) => resolvedAt === undefined);
    expect(open).toMatchObject({
      reference: giveBack.reference,
      paymentId: giveBack.paymentId,
      expected: { operation: 'refund', day: '2026-11-25', net: '-40', currency: 'EUR' },
    });
  });
});
