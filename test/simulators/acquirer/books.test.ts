import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { authorize, cancelAuthorization } from '../../../simulators/acquirer/authorizations.ts';
import type { AcquirerBooks } from '../../../simulators/acquirer/books.ts';
import { openAcquirerBooks } from '../../../simulators/acquirer/books.ts';
import { cancelMovement, capture, refund } from '../../../simulators/acquirer/movements.ts';
import type { Answer } from '../../../simulators/house/server.ts';
import { Refusal } from '../../../simulators/house/server.ts';
import { authorization } from '../bodies.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** One step of a history. Few references and amounts, so that steps meet each other. */
type Step = readonly [
  operation: 'authorize' | 'capture' | 'refund' | 'cancel' | 'cancelMovement' | 'wait',
  payment: number,
  movement: number,
  amount: number,
  isFinal: boolean,
];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('authorize', 'capture', 'capture', 'refund', 'refund', 'cancel', 'cancelMovement', 'wait'),
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 25 }),
  fc.integer({ min: 1, max: 700 }),
  fc.boolean(),
);

function take(books: AcquirerBooks, [operation, payment, movement, amount, isFinal]: Step, now: number): Answer {
  const authorizationReference = `pay-${payment}`;
  const body = { reference: `mov-${movement}`, authorizationReference, amount, currency: 'EUR' };
  switch (operation) {
    case 'authorize':
      return authorize(books, { ...authorization, reference: authorizationReference, amount: 1_000 }, now);
    case 'capture':
      return capture(books, { ...body, isFinal }, now, 300);
    case 'refund':
      return refund(books, body, now);
    case 'cancel':
      return cancelAuthorization(books, authorizationReference, now);
    case 'cancelMovement':
      return cancelMovement(books, body.reference, now);
    case 'wait':
      return { status: 204 };
  }
}

/** What the books themselves say, by their rows and not by the sums that the acquirer goes by. */
function sumsOf(books: AcquirerBooks, payment: number) {
  const rows = books.database
    .prepare("SELECT operation, amount FROM movements WHERE authorizationReference = ? AND state = 'accepted'")
    .all(`pay-${payment}`) as { operation: string; amount: number }[];
  const sum = (operation: string) =>
    rows.filter((row) => row.operation === operation).reduce((total, { amount }) => total + amount, 0);
  return { captured: sum('capture'), refunded: sum('refund') };
}

describe('the acquirer’s books', () => {
  test('hold captured <= authorized and refunded <= captured after every step of any history', () => {
    let moved = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (history) => {
        const books = openAcquirerBooks(':memory:');
        // Half a day at a time, so that histories pass the end of a day and that of an authorization.
        let now = Date.UTC(2026, 10, 22, 9);
        for (const one of history) {
          if (one[0] === 'wait') now += 12 * 3_600_000;
          try {
            take(books, one, now);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
          const { captured, refunded } = sumsOf(books, one[1]);
          const authorized = books.authorizations.find(`pay-${one[1]}`)?.amount ?? 0;
          expect(captured).toBeLessThanOrEqual(authorized);
          expect(refunded).toBeLessThanOrEqual(captured);
          moved += refunded;
        }
        books.close();
      }),
      { numRuns: 500 },
    );
    // Histories in which nothing ever went back would prove nothing.
    expect(moved).toBeGreaterThan(10_000);
  });

  test('hold each accepted movement in one settlement file at most, whatever is cancelled', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (history) => {
        const books = openAcquirerBooks(':memory:');
        const settled = new Map<string, string>();
        let now = Date.UTC(2026, 10, 22, 9);
        for (const one of history) {
          if (one[0] === 'wait') now += 86_400_000;
          try {
            take(books, one, now);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
          // A day that is over stays as it was told first.
          for (let day = Date.UTC(2026, 10, 22); day + 86_400_000 <= now; day += 86_400_000) {
            const date = new Date(day).toISOString().slice(0, 10);
            const rows = JSON.stringify(books.movements.ofDay(date));
            expect(rows).toBe(settled.get(date) ?? rows);
            settled.set(date, rows);
          }
        }
        books.close();
      }),
      { numRuns: 200 },
    );
  });

  test('of the time before captures open as they are, and their authorizations can be captured', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quittance-books-'));
    folders.push(folder);
    const path = join(folder, 'books.db');
    const old = new DatabaseSync(path);
    old.exec(`
      CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
      CREATE TABLE authorizations (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, operation TEXT NOT NULL,
        state TEXT NOT NULL, code TEXT NOT NULL, amount INTEGER, currency TEXT, last4 TEXT, approvalCode TEXT,
        networkReference TEXT, expiresAt TEXT, createdAt TEXT NOT NULL
      ) STRICT;
      INSERT INTO authorizations VALUES (41, 'pay-1', 'authorize', 'approved', 'approved', 1250, 'EUR', '4242', 'A1',
        'ntx_1', '2026-11-29T09:00:00.000Z', '2026-11-22T09:00:00.000Z');`);
    old.close();

    const books = openAcquirerBooks(path);
    const now = Date.UTC(2026, 10, 23);
    const body = { reference: 'mov-1', authorizationReference: 'pay-1', amount: 1250, currency: 'EUR', isFinal: true };
    expect(capture(books, body, now, 300).body).toMatchObject({ state: 'accepted', fee: 38 });
    authorize(books, { ...authorization, reference: 'pay-2' }, now);
    expect(books.page(0, 10).map(({ sequence, reference }) => [sequence, reference])).toEqual([
      [41, 'pay-1'],
      [42, 'mov-1'],
      [43, 'pay-2'],
    ]);
    books.close();
  });
});
