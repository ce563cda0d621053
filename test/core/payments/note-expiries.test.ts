import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expiryLook, windowMilliseconds, windowToNote } from '../../../core/payments/authorization-window.ts';
import { noteExpiries } from '../../../core/payments/note-expiries.ts';
import type { Payment } from '../../../core/payments/payment.ts';
import { fakePaymentsToLookAfter } from './fake-look-after.ts';
import { processingPayment } from './fakes.ts';
import { authorizedPayment } from './movements/fake-movements.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-01T00:00:00.000Z');
const at = (hours: number) => new Date(start + hours * hour);
const iso = (hours: number) => at(hours).toISOString();

/** Created after so many hours, and running out after so many more. */
function payment(id: string, createdAfter: number, hours: number, changes: Partial<Payment> = {}): Payment {
  const { resolveAt: _none, ...authorized } = authorizedPayment(4200n, at(createdAfter));
  return {
    ...authorized,
    id,
    createdAt: iso(createdAfter),
    authorizationExpiresAt: iso(createdAfter + hours),
    ...changes,
  };
}

function given(all: readonly Payment[]) {
  const { payments, book } = fakePaymentsToLookAfter(all);
  const walked: [Date, Date][] = [];
  let mark: Date | undefined = at(0);
  const created = {
    between: async function* (after: Date, until: Date) {
      walked.push([after, until]);
      await Promise.resolve();
      const ids = [...book.values()]
        .filter(({ createdAt }) => createdAt > after.toISOString() && createdAt <= until.toISOString())
        .map(({ id }) => id);
      if (ids.length > 0) yield ids;
    },
  };
  const watermark = {
    read: () => Promise.resolve(mark),
    write: (time: Date) => {
      mark = time;
      return Promise.resolve();
    },
  };
  const run = (hours: number) => noteExpiries({ payments, created, watermark }, at(hours), () => true);
  return { book, walked, run, payments, mark: () => mark };
}

describe('noting expiries', () => {
  test('gives what is not captured its date before it comes, once, and what is captured none', async () => {
    const { book, run } = given([
      payment('pay_week', 1, 168),
      payment('pay_short', 1, 114),
      payment('pay_captured', 1, 168, { status: 'captured', capturable: 0n }),
      payment('pay_voided', 1, 168, { status: 'voided' }),
    ]);
    for (let hours = 1; hours <= 180; hours += 1) await run(hours);
    const dates = [...book.values()].map(({ id, resolveAt, version }) => [id, resolveAt, version]);
    expect(dates).toEqual([
      ['pay_week', iso(169), 3],
      ['pay_short', iso(115), 3],
      ['pay_captured', undefined, 2],
      ['pay_voided', undefined, 2],
    ]);
  });

  test('catches up what missed runs left, however long', async () => {
    const { book, run, mark } = given([payment('pay_1', 1, 168), payment('pay_2', 200, 114)]);
    await run(700);
    expect([...book.values()].map(({ resolveAt }) => resolveAt)).toEqual([iso(169), iso(314)]);
    expect(mark()).toEqual(at(700));
  });

  test('walks a stretch again when something in it went wrong, and moves no mark before', async () => {
    const { run, mark, payments } = given([payment('pay_1', 1, 168)]);
    const lookAt = payments.lookAt.bind(payments);
    payments.lookAt = () => Promise.reject(new Error('busy'));
    await expect(run(700)).rejects.toThrow('busy');
    expect(mark()).toEqual(at(7 * 24 - 24));
    payments.lookAt = lookAt;
    expect(await run(700)).toBe(1);
  });

  test('finds what died unnoticed once more', async () => {
    const { resolveAt: _none, ...opened } = processingPayment();
    const { book, run } = given([{ ...opened, id: 'pay_dead', createdAt: iso(1) }]);
    await run(120);
    expect(book.get('pay_dead')?.resolveAt).toBe(iso(120));
  });

  test('stops when no time is left, and goes on from there', async () => {
    const { book, run, mark, walked } = given([payment('pay_1', 1, 168)]);
    expect(mark()).toEqual(at(0));
    await run(0);
    expect([walked, book.get('pay_1')?.resolveAt]).toEqual([[], undefined]);
  });
});

describe('every authorization is released in time', () => {
  test('noted by its own transition or by a pass that is still to come, an hour before it runs out at the latest', () => {
    const times = fc.record({
      /** From the opening to the approval, and to the end of the authorization. */
      approved: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 400 * hour })),
      expires: fc.oneof(fc.integer({ min: 0, max: 400 * hour }), fc.constantFrom(...windowMilliseconds)),
    });
    fc.assert(
      fc.property(times, ({ approved, expires }) => {
        const [createdAt, expiresAt] = [iso(0), new Date(start + expires).toISOString()];
        if (expiryLook(createdAt, expiresAt, new Date(start + approved)) === expiresAt) return;
        const window = windowToNote(createdAt, expiresAt);
        if (window === undefined) throw new Error('nobody notes it');
        const pass = window - 2 * hour;
        expect(pass).toBeGreaterThan(approved);
        expect(pass + hour).toBeLessThanOrEqual(expires);
      }),
    );
  });

  test('a payment that is authorized at once and for its network needs no note', () => {
    for (const window of windowMilliseconds) {
      // The acquirer's clock is a little behind ours.
      expect(expiryLook(iso(0), new Date(start + window - 5000).toISOString(), at(0))).toBeUndefined();
    }
    expect(expiryLook(iso(0), iso(24), at(0))).toBe(iso(24));
  });
});
