import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { nextSequence } from './sequence.ts';

const row = z.object({
  reference: z.string(),
  /** What opened the reference: a movement, or a cancellation that came first. */
  operation: z.enum(['capture', 'refund', 'cancel']),
  state: z.enum(['accepted', 'refused', 'cancelled']),
  /** The response code. */
  code: z.string(),
  /** Null with all that follows, but for the day, where a cancellation came first. */
  authorizationReference: z.string().nullable(),
  /** Minor units. */
  amount: z.int().nullable(),
  currency: z.string().nullable(),
  /** Whether a capture was the last one; 0 for a refund. */
  isFinal: z.union([z.literal(0), z.literal(1)]).nullable(),
  /** Minor units, what the acquirer keeps; null unless the movement was accepted. */
  fee: z.int().nullable(),
  networkReference: z.string().nullable(),
  /** The day by the acquirer's clock (UTC) to whose settlement it belongs, `2026-11-22`. */
  day: z.string(),
});

/** A capture or refund as the acquirer keeps it. */
export type Movement = z.infer<typeof row>;

/** What has moved under an authorization, in minor units; only accepted movements count. */
export interface Totals {
  readonly captured: number;
  readonly refunded: number;
  /** What chargebacks, open or lost, have taken. */
  readonly disputed: number;
  readonly isFinallyCaptured: boolean;
}

export interface MovementBooks {
  /** Writes a movement whose reference is free. */
  record(movement: Movement): void;
  /** Makes an accepted movement a cancelled one. */
  cancel(reference: string): void;
  find(reference: string): Movement | undefined;
  totals(authorizationReference: string): Totals;
  /** The accepted movements of a day, in the order of opening. */
  ofDay(day: string): readonly Movement[];
}

export const movementSchema = `
  CREATE TABLE IF NOT EXISTS movements (
    sequence INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    authorizationReference TEXT,
    amount INTEGER,
    currency TEXT,
    isFinal INTEGER,
    fee INTEGER,
    networkReference TEXT,
    day TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS movementsByAuthorization ON movements (authorizationReference);
  CREATE INDEX IF NOT EXISTS movementsByDay ON movements (day);`;

const totals = z.object({ captured: z.int(), refunded: z.int(), disputed: z.int(), isFinallyCaptured: z.int() });

/** The captures and refunds in the acquirer's database. */
export function movementBooks(database: DatabaseSync): MovementBooks {
  const insert = database.prepare(`
    INSERT INTO movements
      (sequence, reference, operation, state, code, authorizationReference, amount, currency, isFinal, fee, networkReference, day)
    VALUES
      (${nextSequence}, :reference, :operation, :state, :code, :authorizationReference, :amount, :currency, :isFinal, :fee,
       :networkReference, :day)`);
  const cancel = database.prepare(`
    UPDATE movements SET state = 'cancelled', code = 'cancelled' WHERE reference = ? AND state = 'accepted'`);
  const select = database.prepare('SELECT * FROM movements WHERE reference = ?');
  const sum = database.prepare(`
    SELECT
      coalesce(sum(CASE operation WHEN 'capture' THEN amount END), 0) AS captured,
      coalesce(sum(CASE operation WHEN 'refund' THEN amount END), 0) AS refunded,
      coalesce(max(isFinal), 0) AS isFinallyCaptured,
      (SELECT coalesce(sum(amount), 0) FROM disputes
        WHERE authorizationReference = :of AND kind = 'chargeback' AND state <> 'won') AS disputed
    FROM movements WHERE authorizationReference = :of AND state = 'accepted'`);
  const list = database.prepare("SELECT * FROM movements WHERE day = ? AND state = 'accepted' ORDER BY sequence");
  return {
    record: (movement) => {
      insert.run({ ...movement });
    },
    cancel: (reference) => {
      cancel.run(reference);
    },
    find: (reference) => row.optional().parse(select.get(reference)),
    totals: (authorizationReference) => {
      const found = totals.parse(sum.get({ of: authorizationReference }));
      return { ...found, isFinallyCaptured: found.isFinallyCaptured === 1 };
    },
    ofDay: (day) => z.array(row).parse(list.all(day)),
  };
}
