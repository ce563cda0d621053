import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoExceptionBook } from '../../../adapters/dynamodb/exception-book.ts';
import type { Exception } from '../../../core/exceptions/exception.ts';
import { exceptionId } from '../../../core/exceptions/exception.ts';
import { listExceptions } from '../../../core/exceptions/list-exceptions.ts';
import { dynoxide, exceptionsTable, givenDynamo } from './dynamo-world.ts';
import type { DynamoWorld } from './dynamo-world.ts';

const describeHere = dynoxide === undefined ? describe.skip : describe;

function exceptionOf(index: number, changes: Partial<Exception> = {}): Exception {
  return {
    id: exceptionId('settlement_repeated', String(index)),
    kind: 'settlement_repeated',
    expected: {},
    found: { net: String(2n ** 70n) },
    firstSeen: `2026-11-${String(10 + index)}T01:30:00.000Z`,
    version: 1,
    ...changes,
  };
}

describeHere('the exceptions table', () => {
  let dynamo: DynamoWorld;
  beforeAll(async () => {
    dynamo = await givenDynamo([exceptionsTable]);
    const book = dynamoExceptionBook(dynamo.client, 'exceptions');
    for (let index = 0; index < 9; index += 1) expect(await book.open(exceptionOf(index))).toBe('opened');
    await book.open(exceptionOf(9, { kind: 'clearing_overdue', reference: 'cap_1', paymentId: 'pay_1' }));
    // At the same moment as another one.
    await book.open(exceptionOf(10, { firstSeen: '2026-11-18T01:30:00.000Z' }));
    for (const index of [1, 3, 8]) await book.resolve(exceptionOf(index).id, '2026-11-30T00:00:00.000Z');
  });
  afterAll(() => dynamo.close());
  const book = () => dynamoExceptionBook(dynamo.client, 'exceptions');
  const idsOf = (exceptions: readonly Exception[]) => exceptions.map(({ id }) => id);

  test('an exception is kept whole, once, and resolved once', async () => {
    const overdue = exceptionOf(9, { kind: 'clearing_overdue', reference: 'cap_1', paymentId: 'pay_1' });
    expect(await book().open({ ...overdue, found: {} })).toBe('exists');
    const { exceptions } = await book().list({ limit: 5, kind: 'clearing_overdue' });
    expect(exceptions).toEqual([overdue]);
    expect(await book().resolve(exceptionOf(1).id, '2026-12-30T00:00:00.000Z')).toBe('notOpen');
    expect(await book().resolve(exceptionOf(99).id, '2026-12-30T00:00:00.000Z')).toBe('notOpen');
  });

  test.each([1, 2, 3, 100])('all of them, newest first, in pages of %i', async (limit) => {
    const seen: Exception[] = [];
    let cursor: string | undefined;
    do {
      const page = await listExceptions(book(), { limit, cursor });
      if (page.kind === 'cursorInvalid') throw new Error('the cursor is ours');
      seen.push(...page.exceptions);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(idsOf(seen)).size).toBe(11);
    expect(seen.map(({ firstSeen }) => firstSeen)).toEqual(
      seen
        .map(({ firstSeen }) => firstSeen)
        .toSorted()
        .toReversed(),
    );
  });

  test('filters by state, kind and time', async () => {
    const open = await book().list({ limit: 100, state: 'open' });
    expect(open.exceptions).toHaveLength(8);
    const resolved = await book().list({ limit: 100, state: 'resolved' });
    expect(resolved.exceptions.map(({ resolvedAt, version }) => [resolvedAt, version])).toEqual(
      Array.from({ length: 3 }, () => ['2026-11-30T00:00:00.000Z', 2]),
    );
    const days = await book().list({ limit: 100, from: '2026-11-12T01:30:00.000Z', to: '2026-11-14T01:30:00.000Z' });
    expect(idsOf(days.exceptions)).toEqual([4, 3, 2].map((index) => exceptionOf(index).id));
  });

  test('a cursor of another filter, or of nobody, is refused', async () => {
    const page = await listExceptions(book(), { limit: 1 });
    const cursor = page.kind === 'page' ? (page.nextCursor ?? '') : '';
    expect(await listExceptions(book(), { limit: 1, cursor, state: 'open' })).toEqual({ kind: 'cursorInvalid' });
    expect(await listExceptions(book(), { limit: 1, cursor: 'abc' })).toEqual({ kind: 'cursorInvalid' });
  });
});
