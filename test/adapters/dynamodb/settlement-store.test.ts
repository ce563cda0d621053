import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { dynamoSettlementStore } from '../../../adapters/dynamodb/settlement-store.ts';
import { toSettlementTransition } from '../../../adapters/dynamodb/settlement-item.ts';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SettlementStore } from '../../../core/settlement/ports.ts';
import { linesPerBooking } from '../../../core/settlement/ports.ts';
import { reconcileSettlement } from '../../../core/settlement/reconcile-settlement.ts';
import { settledKey } from '../../../core/settlement/settlement.ts';
import { captureOf, lineOf, refundOf } from '../../core/settlement/fake-settlements.ts';
import { settlementWorld } from '../../core/settlement/settlement-world.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, givenDynamo, settlementsTable } from './dynamo-world.ts';

const describeHere = dynoxide === undefined ? describe.skip : describe;

describeHere('the settlements table', () => {
  let dynamo: DynamoWorld | undefined;
  let store: SettlementStore;
  beforeEach(async () => {
    await dynamo?.close();
    dynamo = await givenDynamo([settlementsTable]);
    store = dynamoSettlementStore(dynamo.client, 'settlements');
  });
  afterAll(() => dynamo?.close());

  /** The world of core's tests over this table. */
  function givenWorld() {
    const world = settlementWorld();
    const run = (at: string, isTimeLeft: () => boolean = () => true, over = store) =>
      reconcileSettlement({ ...world.dependencies, store: over }, new Date(at), isTimeLeft);
    return { ...world, run };
  }
  const transitions = async () => {
    const items = (await dynamo?.items('settlements')) ?? [];
    return items
      .filter(({ sk }) => String(sk).startsWith('transition#'))
      .map((item) => toSettlementTransition(marshall(item)));
  };
  const bankOf = async () =>
    (await transitions())
      .flatMap(({ postings }) => postings)
      .filter(({ account }) => account === 'bank')
      .reduce((sum, { side, amount }) => sum + (side === 'debit' ? amount : -amount), 0n);

  test('takes a file of three and a half chunks, stopped after each, and books every line once', async () => {
    const world = givenWorld();
    const count = Math.floor(linesPerBooking * 3.5);
    const huge = 10n ** 25n;
    const sales = Array.from({ length: count }, (_, index) =>
      captureOf(`sale ${index}`, { gross: huge, fee: 1n, net: huge - 1n }),
    );
    world.book(...sales);
    world.files.set('2026-11-25', sales.map(lineOf));
    for (let run = 0; (await store.find('2026-11-25'))?.state !== 'settled'; run += 1) {
      let asked = 0;
      await world.run('2026-11-26T01:30:00Z', () => (asked += 1) < 4);
      expect(run).toBeLessThan(6);
    }
    const written = await transitions();
    expect(written.map(({ version }) => version).toSorted()).toEqual([2, 3, 4, 5]);
    expect(written.flatMap(({ clears }) => clears).toSorted()).toEqual(sales.map(settledKey).toSorted());
    expect(await bankOf()).toBe(BigInt(count) * (huge - 1n));
    expect((await store.settled(sales.slice(0, 90).map(settledKey))).size).toBe(90);
    expect(await store.progress()).toEqual({ settledThrough: '2026-11-25', checkedThrough: '2026-11-22' });
  });

  test('a chunk of which one reference is settled meanwhile books nothing, and neither does a stale position', async () => {
    const world = givenWorld();
    const [one, other] = [captureOf('one'), captureOf('other')];
    world.book(one, other);
    world.files.set('2026-11-25', [lineOf(one)]);
    await world.run('2026-11-26T01:30:00Z');
    const before = await store.find('2026-11-25');
    if (!before) throw new Error('it was just settled');
    const after = { ...before, version: before.version + 1 };
    const settles = [one, other].map((each, index) => ({ key: settledKey(each), number: index + 1 }));
    expect(await store.book({ before, after, transition: undefined, settles, holds: [] })).toBe('changed');
    const stale = { ...before, version: before.version - 1 };
    expect(
      await store.book({ before: stale, after, transition: undefined, settles: settles.slice(1), holds: [] }),
    ).toBe('changed');
    expect(await store.settled(settles.map(({ key }) => key))).toEqual(new Set([settledKey(one)]));
    expect(await store.find('2026-11-25')).toEqual(before);
  });

  test('lines of two days that are held, 200 in all, are explained when our book is', async () => {
    const world = givenWorld();
    await world.run('2026-11-25T01:30:00Z');
    const pending = Array.from({ length: 200 }, (_, index) => refundOf(`refund ${index}`, { state: 'pending' }));
    world.book(...pending);
    world.files.set('2026-11-24', pending.slice(0, 120).map(lineOf));
    world.files.set('2026-11-25', pending.slice(120).map(lineOf));
    expect(await world.run('2026-11-26T01:30:00Z')).toMatchObject({ lines: 200, explained: 0 });
    expect(world.kinds('open')).toHaveLength(200);
    world.book(...pending.map((each) => ({ ...each, state: 'failed' as const })));
    expect(await world.run('2026-11-26T02:30:00Z')).toMatchObject({ lines: 200 });
    world.book(...pending.map((each) => ({ ...each, state: 'succeeded' as const })));
    expect(await world.run('2026-11-26T13:30:00Z')).toMatchObject({ lines: 0, explained: 200 });
    expect(world.kinds('open')).toEqual([]);
    expect(await bankOf()).toBe(-8_000n);
    for await (const page of store.held()) expect(page).toEqual([]);
  });

  test('what was not settled in time is remembered, and forgotten once it was', async () => {
    const world = givenWorld();
    const sale = captureOf('sale');
    world.book(sale);
    for (const day of ['24', '25', '26', '27']) world.files.set(`2026-11-${day}`, []);
    await world.run('2026-11-28T01:30:00Z');
    const watched = [];
    for await (const page of store.watched()) watched.push(...page);
    const { reference, operation, paymentId, net, currency, day } = sale;
    expect(watched).toMatchObject([{ reference, operation, paymentId, net, currency, day }]);
    world.files.set('2026-11-28', [lineOf(sale)]);
    await world.run('2026-11-29T01:30:00Z');
    for await (const page of store.watched()) expect(page).toEqual([]);
    expect(world.kinds('resolved')).toContain('clearing_overdue');
  });

  test('progress that somebody else has made is not taken back', async () => {
    const first = { settledThrough: '2026-11-20', checkedThrough: '2026-11-18' };
    await store.advance(undefined, first);
    await store.advance(undefined, { settledThrough: '2026-11-01', checkedThrough: '2026-11-01' });
    expect(await store.progress()).toEqual(first);
    const next = { ...first, settledThrough: '2026-11-21' };
    await store.advance(first, next);
    await store.advance(first, { ...first, settledThrough: '2026-11-10' });
    expect(await store.progress()).toEqual(next);
  });
});
