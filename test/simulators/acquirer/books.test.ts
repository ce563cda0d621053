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

/** One step of a history. Few references and amounts, so that steps meet each other and the caps exactly. */
type Step = readonly [
  operation: 'authorize' | 'capture' | 'refund' | 'cancel' | 'cancelMovement' | 'wait',
  payment: number,
  movement: number,
  amount: number,
  isFinal: boolean,
];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom('authorize', 'cancel', 'wait') },
    { weight: 3, arbitrary: fc.constantFrom('capture', 'refund', 'cancelMovement') },
  ),
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom(1, 250, 500, 1_000),
  fc.boolean(),
);

/** Two payments are there at first. */
const history = fc
  .array(step, { minLength: 20, maxLength: 60, size: 'max' })
  .map((steps): readonly Step[] => [['authorize', 1, 1, 1, false], ['authorize', 2, 1, 1, false], ...steps]);

/** Takes the steps, each `waitHours` long where it waits, and calls `after` behind each. */
function follow(steps: readonly Step[], waitHours: number, after: (books: AcquirerBooks, now: number) => void): void {
  const books = openAcquirerBooks(':memory:');
  let now = start;
  for (const one of steps) {
    if (one[0] === 'wait') now += waitHours * 3_600_000;
    try {
      take(books, one, now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    after(books, now);
  }
  books.close();
}

const start = Date.UTC(2026, 10, 22, 9);
const day = 86_400_000;

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
const sums = `
  SELECT authorizations.amount AS authorized,
    coalesce(sum(CASE movements.operation WHEN 'capture' THEN movements.amount END), 0) AS captured,
    coalesce(sum(CASE movements.operation WHEN 'refund' THEN movements.amount END), 0) AS refunded
  FROM authorizations JOIN movements ON movements.authorizationReference = authorizations.reference
  WHERE movements.state = 'accepted' GROUP BY authorizations.reference`;

describe('the acquirer’s books', () => {
  test('hold captured <= authorized and refunded <= captured after every step of any history', () => {
    let reached = 0;
    fc.assert(
      fc.property(history, (steps) => {
        // Half a day at a time, so that histories pass the end of a day and that of an authorization.
        follow(steps, 12, (books) => {
          const rows = books.database.prepare(sums).all() as {
            authorized: number;
            captured: number;
            refunded: number;
          }[];
          for (const { authorized, captured, refunded } of rows) {
            if (captured > authorized || refunded > captured)
              throw new Error(`authorized ${authorized}, captured ${captured}, refunded ${refunded}`);
            if (refunded === authorized) reached += 1;
          }
        });
      }),
      { numRuns: 300 },
    );
    // Histories that never reach the caps would prove nothing.
    expect(reached).toBeGreaterThan(100);
  });

  test('keep the movements of a day that is over as they were when it ended', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const settled = new Map<number, string>();
        follow(steps, 24, (books, now) => {
          for (let past = start; past + day <= now; past += day) {
            const rows = JSON.stringify(books.movements.ofDay(new Date(past).toISOString().slice(0, 10)));
            if (rows !== (settled.get(past) ?? rows)) throw new Error(`the day changed: ${rows}`);
            settled.set(past, rows);
          }
        });
      }),
      { numRuns: 100 },
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
