import { describe, expect, test } from '@jest/globals';
import { digestOf, indexWrites } from '../../../local/meter/index-entries.ts';
import type { MeteredTable } from '../../../local/meter/index-entries.ts';
import type { JsonObject } from '../../../local/kernel/service.ts';

const table: MeteredTable = {
  name: 'orders',
  keys: ['pk'],
  indexes: [{ name: 'byOwner', keys: ['owner', 'at'], attributes: new Set(['pk', 'owner', 'at', 'state']) }],
};

const item = (attributes: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries({ pk: 'o1', ...attributes }).map(([name, text]) => [name, { S: text }]));
const stored = item({ owner: 'ann', at: '1', state: 'new', note: 'x' });

function costOf(before: JsonObject | undefined, after: JsonObject | undefined) {
  const [cost] = indexWrites(table, before && digestOf(table, before), after && digestOf(table, after));
  return cost && { writes: cost.writes, units: cost.units };
}

describe('a write costs an index what the index sees of it', () => {
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
  test.each<[string, JsonObject | undefined, JsonObject | undefined, number | undefined]>([
    ['a new item with the index’s key is one write', undefined, stored, 1],
    ['a new item without it is none', undefined, item({ owner: 'ann' }), undefined],
    ['a key that changes is a delete and an insert', stored, { ...stored, owner: { S: 'bob' } }, 2],
    ['a sort key that changes is a delete and an insert', stored, { ...stored, at: { S: '2' } }, 2],
    ['a key that comes is one write', item({ owner: 'ann' }), item({ owner: 'ann', at: '1' }), 1],
    ['a key that goes is one write', item({ owner: 'ann', at: '1' }), item({ owner: 'ann' }), 1],
    ['a projected attribute that changes is one write', stored, { ...stored, state: { S: 'paid' } }, 1],
    ['an attribute that is not projected is none', stored, { ...stored, note: { S: 'y' } }, undefined],
    ['the same item again is none', stored, stored, undefined],
    ['a deletion is one write', stored, undefined, 1],
  ])('%s', (_, before, after, writes) => {
    expect(costOf(before, after)).toEqual(writes === undefined ? undefined : { writes, units: writes });
  });

  test('entries are charged by their own size, rounded up to 1 KB each', () => {
    const large = { ...stored, state: { S: 'x'.repeat(1500) } };
    expect(costOf(stored, large)).toEqual({ writes: 1, units: 2 });
    expect(costOf(large, { ...stored, owner: { S: 'bob' } })).toEqual({ writes: 2, units: 3 });
    expect(costOf(undefined, { ...stored, note: { S: 'x'.repeat(5000) } })).toEqual({ writes: 1, units: 1 });
  });

  test('an index of all attributes sees every change, however large the item', () => {
    const whole: MeteredTable = { ...table, indexes: [{ name: 'all', keys: ['owner'], attributes: 'all' }] };
    const before = { ...stored, note: { S: 'x'.repeat(900) } };
    const digests = [before, { ...before, note: { S: `${'x'.repeat(899)}y` } }].map((each) => digestOf(whole, each));
    expect(indexWrites(whole, digests[0], digests[1])).toEqual([{ index: 'all', writes: 1, units: 1 }]);
    expect(indexWrites(whole, digests[0], digests[0])).toEqual([]);
  });

  test('the order in which a store keeps attributes is no change', () => {
    const nested: JsonObject = { ...stored, state: { M: { a: { S: '1' }, b: { S: '2' } } } };
    const turned: JsonObject = { ...stored, state: { M: { b: { S: '2' }, a: { S: '1' } } } };
    expect(costOf(nested, turned)).toBeUndefined();
  });
});
