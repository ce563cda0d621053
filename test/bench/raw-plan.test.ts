import { describe, expect, test } from '@jest/globals';
import { planRawCalls } from '../../bench/raw-plan.ts';
import type { ItemCall, TableShape } from '../../bench/meter-client.ts';

const orders: TableShape = {
  name: 'orders',
  keys: ['pk', 'sk'],
  indexes: [
    { name: 'byDue', keys: ['shard', 'due'], attributes: ['pk', 'sk', 'shard', 'due'] },
    { name: 'byHour', keys: ['hour'], attributes: ['pk', 'sk', 'hour'] },
  ],
};
const cards: TableShape = { name: 'cards', keys: ['pk'], indexes: [] };
const write: Omit<ItemCall['accesses'][number], 'action' | 'bytes'> = {
  ...{ kind: 'write', table: 'orders', items: 10, units: 10, indexes: [] },
};
const entries = (index: string) => [{ index, writes: 10, units: 10 }];

/** Ten payments, each opened, read, and changed together with a record of the change. */
const calls: readonly ItemCall[] = [
  { operation: 'PutItem', count: 10, accesses: [{ ...write, action: 'Put', bytes: 8000, indexes: entries('byDue') }] },
  {
    operation: 'TransactWriteItems',
    count: 10,
    accesses: [
      { ...write, action: 'Update', bytes: 9000, indexes: entries('byDue') },
      { ...write, action: 'Put', bytes: 5000, indexes: entries('byHour') },
    ],
  },
  {
    operation: 'GetItem',
    count: 20,
    accesses: [{ ...write, kind: 'read', action: 'Get', table: 'cards', items: 20, bytes: 9000 }],
  },
  { operation: 'Query', count: 1, accesses: [{ ...write, kind: 'read', action: 'Query', bytes: 0 }] },
];

const sizeOf = (item: object) =>
  Object.entries(item as Record<string, { S: string }>).reduce((sum, [name, { S }]) => sum + name.length + S.length, 0);

describe('the raw store is asked what a payment asks the tables', () => {
  const { setup, calls: planned } = planRawCalls(calls, [orders, cards], 10);

  test('as often, and without what happens beside the payments', () => {
    expect(planned.map(({ operation }) => operation)).toEqual(['PutItem', 'TransactWriteItems', 'GetItem', 'GetItem']);
  });

  test('with items of the same size in the same indexes', () => {
    const body = planned[0]?.body(7) as { Item: Record<string, { S: string }> };
    expect(sizeOf(body.Item)).toBe(800);
    expect(Object.keys(body.Item)).toEqual(['pk', 'sk', 'shard', 'due', 'filling']);
  });

  test('with updates that leave the index that they left, beside another item of the payment', () => {
    const body = planned[1]?.body(7) as {
      TransactItems: Record<string, { UpdateExpression?: string; Key?: object; Item?: object }>[];
    };
    const [{ Update: update } = {}, { Put: put } = {}] = body.TransactItems;
    expect(update?.UpdateExpression).toBe('SET filling = :filling REMOVE shard');
    expect(update?.Key).toEqual({ pk: { S: 'own0-7' }, sk: { S: 'own0-7' } });
    expect(put?.Item).toMatchObject({ pk: { S: 'other1.0-7' }, hour: { S: 'hour-other1.0-7' } });
  });

  test('and what a payment only reads is there before', () => {
    expect(setup.map(({ operation }) => operation)).toEqual(['PutItem']);
    expect(sizeOf((setup[0]?.body(7) as { Item: object }).Item)).toBe(450);
  });

  test('a condition that failed is a call all the same', () => {
    const refused: ItemCall = {
      operation: 'DeleteItem',
      failure: 'ConditionalCheckFailedException',
      count: 8,
      accesses: [{ ...write, action: 'Delete', bytes: 0, items: 8 }],
    };
    const done: ItemCall = {
      operation: 'DeleteItem',
      count: 2,
      accesses: [{ ...write, action: 'Delete', bytes: 200, items: 2 }],
    };
    expect(planRawCalls([refused, done], [orders], 10).calls.map(({ operation }) => operation)).toEqual(['DeleteItem']);
  });
});
