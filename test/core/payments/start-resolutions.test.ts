import { describe, expect, test } from '@jest/globals';
import type { Payment } from '../../../core/payments/payment.ts';
import type { ResolutionOrder } from '../../../core/payments/messages.ts';
import type { ResolutionQueue } from '../../../core/payments/ports.ts';
import { resolutionName, startResolutions } from '../../../core/payments/start-resolutions.ts';
import { processingPayment } from './fakes.ts';

const now = new Date('2026-11-22T10:05:00.000Z');

/** A queue of eight shards over these payments, and a workflow that refuses some of them. */
function given(
  payments: readonly Payment[],
  { refuses, pageSize = 2 }: { refuses?: (id: string) => boolean; pageSize?: number } = {},
) {
  const book = new Map(payments.map((payment) => [payment.id, payment]));
  const started: { name: string; order: ResolutionOrder }[] = [];
  const shardOf = (id: string) => Number(id.at(-1)) % 8;
  const queue: ResolutionQueue = {
    due: (shard, at, _limit, after) => {
      const rows = [...book.values()]
        .filter(({ id, resolveAt = '9' }) => shardOf(id) === shard && resolveAt <= at.toISOString())
        .filter(({ id }) => after === undefined || id > after.paymentId)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, pageSize);
      const last = rows.length === pageSize ? rows.at(-1) : undefined;
      const next = last && { paymentId: last.id, resolveAt: last.resolveAt ?? '' };
      return Promise.resolve({ paymentIds: rows.map(({ id }) => id), next });
    },
    find: (id) => Promise.resolve(book.get(id)),
    beginRound: (payment, again) => {
      const current = book.get(payment.id);
      if (current?.resolveRound !== payment.resolveRound) return Promise.resolve(false);
      book.set(payment.id, { ...current, resolveRound: current.resolveRound + 1, resolveAt: again.toISOString() });
      return Promise.resolve(true);
    },
  };
  const workflow = {
    start: (name: string, order: ResolutionOrder) => {
      if (refuses?.(order.paymentId) === true) return Promise.reject(new Error('ThrottlingException'));
      started.push({ name, order });
      return Promise.resolve();
    },
  };
  return { queue, workflow, book, started };
}

const duePayment = (number: number, changes: Partial<Payment> = {}): Payment => ({
  ...processingPayment(),
  id: `pay_${String(number).padStart(26, '0')}`,
  ...changes,
});

describe('starting resolutions', () => {
  test('starts a round for all that is due, and notes when to look again', async () => {
    const payments = Array.from({ length: 37 }, (_, index) => duePayment(index));
    const { book, started, ...dependencies } = given(payments);
    expect(await startResolutions(dependencies, now, () => true)).toEqual({ started: 37, failed: [] });
    expect(new Set(started.map(({ name }) => name))).toEqual(new Set(payments.map(({ id }) => resolutionName(id, 1))));
    for (const { resolveAt, resolveRound } of book.values())
      expect([resolveAt, resolveRound]).toEqual(['2026-11-22T10:15:00.000Z', 1]);
  });

  test('leaves alone what is not due yet', async () => {
    const { started, ...dependencies } = given([duePayment(1, { resolveAt: '2026-11-22T10:05:00.001Z' })]);
    expect(await startResolutions(dependencies, now, () => true)).toEqual({ started: 0, failed: [] });
    expect(started).toEqual([]);
  });

  test('one payment that cannot be started keeps no other from it, not even behind it in its shard', async () => {
    const stuck = new Set([duePayment(0).id, duePayment(8).id]);
    const payments = Array.from({ length: 40 }, (_, index) => duePayment(index));
    const { book, ...dependencies } = given(payments, { refuses: (id) => stuck.has(id) });
    const { started, failed } = await startResolutions(dependencies, now, () => true);
    expect([started, failed.map(({ paymentId }) => paymentId).toSorted()]).toEqual([38, [...stuck]]);
    for (const id of stuck) expect(book.get(id)).toMatchObject({ resolveRound: 0 });
  });

  test('looks for orphaned holds of a payment that failed, and says which security code may be its own', async () => {
    const { started, ...dependencies } = given([duePayment(1, { status: 'failed' }), duePayment(2)]);
    await startResolutions(dependencies, now, () => true);
    expect(started.map(({ order }) => order.purpose).toSorted()).toEqual(['resolve', 'reverse_orphan']);
    const kept = Date.parse('2026-11-22T10:00:00.000Z') / 1000 + 15 * 60;
    expect(started[0]?.order.discardExpiringBefore).toBe(kept + 1);
  });

  test('ends when no time is left; the rest stays due', async () => {
    const { book, ...dependencies } = given(Array.from({ length: 20 }, (_, index) => duePayment(index)));
    let left = 5;
    const { started } = await startResolutions(dependencies, now, () => (left -= 1) >= 0);
    expect(started).toBe(5);
    expect([...book.values()].filter(({ resolveRound }) => resolveRound === 0)).toHaveLength(15);
  });
});
