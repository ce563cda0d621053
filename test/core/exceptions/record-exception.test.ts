import { describe, expect, test } from '@jest/globals';
import { exceptionId, safeText } from '../../../core/exceptions/exception.ts';
import { exceptionKinds, isExceptionKind } from '../../../core/exceptions/kinds.ts';
import { recordException } from '../../../core/exceptions/record-exception.ts';
import { deriveId } from '../../../core/ids.ts';
import { fakeExceptionBook } from './fake-exception-book.ts';

const now = new Date('2026-11-26T01:30:00.000Z');
const later = new Date('2026-11-27T01:30:00.000Z');
const finding = {
  kind: 'settlement_amount_differs',
  cause: ['stl_2026-11-25', '3'],
  expected: { net: '970' },
  found: { net: '960' },
  reference: deriveId('cap_', 'one'),
  paymentId: deriveId('pay_', 'one'),
} as const;

describe('recording an exception', () => {
  test('keeps what was expected and found, and when it was first seen', async () => {
    const book = fakeExceptionBook();
    const { id, kind } = await recordException(book, finding, now);
    expect(kind).toBe('opened');
    const { cause: _cause, ...rest } = finding;
    expect(book.exceptions.get(id)).toEqual({ ...rest, id, firstSeen: now.toISOString(), version: 1 });
  });

  test('twice is once, and the first sight stands', async () => {
    const book = fakeExceptionBook();
    const { id } = await recordException(book, finding, now);
    expect(await recordException(book, { ...finding, found: { net: '1' } }, later)).toEqual({ id, kind: 'exists' });
    expect(book.exceptions.get(id)).toMatchObject({ found: { net: '960' }, firstSeen: now.toISOString() });
  });

  test('what was resolved stays resolved when it is found again', async () => {
    const book = fakeExceptionBook();
    const { id } = await recordException(book, finding, now);
    expect(await book.resolve(id, later.toISOString())).toBe('resolved');
    expect(await book.resolve(id, later.toISOString())).toBe('notOpen');
    await recordException(book, finding, later);
    expect(book.exceptions.get(id)).toMatchObject({ resolvedAt: later.toISOString(), version: 2 });
  });

  test('another cause or kind is another exception', () => {
    const ids = [
      exceptionId('settlement_repeated', 'a', 'b'),
      exceptionId('settlement_repeated', 'ab'),
      exceptionId('clearing_overdue', 'a', 'b'),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  test('what looks like a card number in text of others is kept nowhere', async () => {
    const book = fakeExceptionBook();
    const found = { operation: 'paid by 4242 4242 4242 4242 at noon' };
    const { id } = await recordException(book, { ...finding, found, reference: 'x4242424242424242' }, now);
    expect(book.exceptions.get(id)).toMatchObject({
      reference: 'x[number masked]',
      found: { operation: 'paid by [number masked] at noon' },
    });
  });

  test.each([
    [`cap_${'1'.repeat(26)}`, `cap_${'1'.repeat(26)}`],
    [`pay_${'1'.repeat(26)}-capture_${'2'.repeat(26)}`, `pay_${'1'.repeat(26)}-capture_${'2'.repeat(26)}`],
    [`pay_${'1'.repeat(26)}-authorization-1`, `pay_${'1'.repeat(26)}-authorization-1`],
    ['20261125', '20261125'],
    ['-123456789012', '-[number masked]'],
    ['a'.repeat(200), 'a'.repeat(128)],
  ])('%s is kept as %s', (text, kept) => {
    expect(safeText(text)).toBe(kept);
  });
});

test('every kind says in a sentence what it means, and nothing else is a kind', () => {
  for (const [kind, text] of Object.entries(exceptionKinds)) {
    expect(isExceptionKind(kind)).toBe(true);
    expect(text).toMatch(/^[A-Z].+\.$/u);
  }
  expect(isExceptionKind('toString')).toBe(false);
});
