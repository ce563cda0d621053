import { describe, expect, test } from '@jest/globals';
import type { AwsError } from '../../../local/kernel/aws-error.ts';
import { createFaults } from '../../../local/kernel/faults.ts';
import type { Fault, Faults } from '../../../local/kernel/faults.ts';

let now = Date.parse('2026-11-22T10:00:00Z');
const given = (...faults: Fault[]): Faults => {
  const created = createFaults({ clock: { now: () => now } });
  for (const fault of faults) created.add(fault);
  return created;
};

/** How a call ends: the error's code, or `fine`. */
async function call(faults: Faults, service: string, operation: string, input: unknown = {}): Promise<string> {
  try {
    await faults.before(service, operation, input);
    await faults.after(service, operation);
    return 'fine';
  } catch (error) {
    return (error as AwsError).code;
  }
}

async function calls(faults: Faults, count: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let index = 0; index < count; index += 1) outcomes.push(await call(faults, 'dynamodb', 'PutItem'));
  return outcomes;
}

const putItem = { service: 'dynamodb', operation: 'PutItem' } as const;

describe('faults', () => {
  test('hit the service and operation that they name, and every one with *', async () => {
    const faults = given({ ...putItem, kind: 'error_before' });
    expect(await call(faults, 'dynamodb', 'PutItem')).toBe('InternalServerError');
    expect(await call(faults, 'dynamodb', 'GetItem')).toBe('fine');
    expect(await call(faults, 'kms', 'PutItem')).toBe('fine');
    expect(await call(given({ service: '*', operation: '*', kind: 'error_before' }), 'kms', 'Decrypt')).toBe(
      'InternalServerError',
    );
  });

  test('by nth hit every nth call', async () => {
    expect(await calls(given({ ...putItem, kind: 'error_before', nth: 3 }), 6)).toEqual([
      'fine',
      'fine',
      'InternalServerError',
      'fine',
      'fine',
      'InternalServerError',
    ]);
  });

  test('by rate hit about that share of calls, the same ones for the same seed', async () => {
    const fault: Fault = { ...putItem, kind: 'error_before', rate: 0.3, seed: 7 };
    const [first, again, other] = [
      await calls(given(fault), 400),
      await calls(given(fault), 400),
      await calls(given({ ...fault, seed: 8 }), 400),
    ];
    const hits = first.filter((outcome) => outcome !== 'fine').length;
    expect(hits).toBeGreaterThan(80);
    expect(hits).toBeLessThan(160);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('end at `until` by the cloud’s clock', async () => {
    const faults = given({ ...putItem, kind: 'error_before', until: '2026-11-22T11:00:00Z' });
    expect(await call(faults, 'dynamodb', 'PutItem')).toBe('InternalServerError');
    now = Date.parse('2026-11-22T11:00:00Z');
    expect(await call(faults, 'dynamodb', 'PutItem')).toBe('fine');
    expect(faults.list()).toEqual([]);
  });

  test('error_before strikes before the call, error_after after it', async () => {
    const before = given({ ...putItem, kind: 'error_before' });
    await expect(before.before('dynamodb', 'PutItem', {})).rejects.toMatchObject({ statusCode: 500 });
    await expect(before.after('dynamodb', 'PutItem')).resolves.toBeUndefined();
    const after = given({ ...putItem, kind: 'error_after' });
    await expect(after.before('dynamodb', 'PutItem', {})).resolves.toBeUndefined();
    await expect(after.after('dynamodb', 'PutItem')).rejects.toMatchObject({
      code: 'InternalServerError',
      statusCode: 500,
    });
  });

  test.each([
    ['dynamodb', 'ProvisionedThroughputExceededException', 400],
    ['kms', 'ThrottlingException', 400],
    ['states', 'ThrottlingException', 400],
    ['events', 'ThrottlingException', 400],
    ['sqs', 'ThrottlingException', 400],
    ['lambda', 'TooManyRequestsException', 429],
  ])('a throttle of %s answers its own %s', async (service, code, statusCode) => {
    const faults = given({ service, operation: '*', kind: 'throttle' });
    await expect(faults.before(service, 'Anything', {})).rejects.toMatchObject({ code, statusCode });
  });

  test('a blackout fails every call to its service until it ends, and other services live', async () => {
    const faults = given({ service: 'kms', operation: 'Decrypt', kind: 'blackout', rate: 0 });
    await expect(faults.before('kms', 'Encrypt', {})).rejects.toMatchObject({ statusCode: 503 });
    expect(await call(faults, 'dynamodb', 'PutItem')).toBe('fine');
    faults.clear();
    expect(await call(faults, 'kms', 'Encrypt')).toBe('fine');
  });

  test('a conflict cancels a transaction and blames its first item', async () => {
    const faults = given({ service: 'dynamodb', operation: '*', kind: 'conflict' });
    await expect(
      faults.before('dynamodb', 'TransactWriteItems', { TransactItems: [{}, {}, {}] }),
    ).rejects.toMatchObject({
      code: 'TransactionCanceledException',
      message: expect.stringContaining('[TransactionConflict, None, None]'),
      details: { CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }] },
    });
  });

  test('a conflict is an exception of its own to a single write, and nothing to a read; only writes are counted', async () => {
    const faults = given({ service: 'dynamodb', operation: '*', kind: 'conflict', nth: 2 });
    expect(await call(faults, 'dynamodb', 'UpdateItem')).toBe('fine');
    expect(await call(faults, 'dynamodb', 'GetItem')).toBe('fine');
    expect(await call(faults, 'dynamodb', 'UpdateItem')).toBe('TransactionConflictException');
  });

  test('a delay makes a call take that long', async () => {
    const faults = given({ ...putItem, kind: 'delay', delayMilliseconds: 60 });
    const startedAt = performance.now();
    expect(await call(faults, 'dynamodb', 'PutItem')).toBe('fine');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
  });

  describe('of deliveries', () => {
    const batch = ['a', 'b', 'c', 'd'];
    const deliver = (fault: Pick<Fault, 'kind' | 'nth'>) =>
      given({ service: 'events', operation: 'deliver', ...fault }).deliver('events', batch);

    test('leave a batch alone when there are none', () => {
      expect(given().deliver('events', batch)).toEqual({ delivered: batch, dropped: [] });
      expect(deliver({ kind: 'error_before' })).toEqual({ delivered: batch, dropped: [] });
    });

    test('double items', () => {
      expect(deliver({ kind: 'duplicate', nth: 2 })).toEqual({
        delivered: ['a', 'b', 'b', 'c', 'd', 'd'],
        dropped: [],
      });
    });

    test('drop items, and say which', () => {
      expect(deliver({ kind: 'drop', nth: 2 })).toEqual({ delivered: ['a', 'c'], dropped: ['b', 'd'] });
    });

    test('reorder, losing nothing', () => {
      const { delivered, dropped } = deliver({ kind: 'reorder' });
      expect(delivered).not.toEqual(batch);
      expect(delivered.toSorted()).toEqual(batch);
      expect(dropped).toEqual([]);
    });
  });
});
