import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { disputeKinds, disputeReasons, disputeStates } from './dispute-rules.ts';

const row = z.object({
  id: z.string(),
  /** Grows by one with every change, from 1: what has a higher one is later, whatever arrived first. */
  version: z.int(),
  kind: z.enum(disputeKinds),
  state: z.enum(disputeStates),
  reason: z.enum(disputeReasons),
  /** Minor units of the capture's currency. */
  amount: z.int(),
  currency: z.string(),
  /** What the acquirer charges for it; 0 for an inquiry. */
  fee: z.int(),
  /** What of the fee came back when it was won. */
  feeReturned: z.int(),
  captureReference: z.string(),
  authorizationReference: z.string(),
  openedAt: z.string(),
  updatedAt: z.string(),
});

/** A dispute as the acquirer keeps it and tells of it. */
export type Dispute = z.infer<typeof row>;

/** What a dispute moves, for the day's settlement. */
export interface DisputeEntry {
  readonly reference: string;
  readonly operation: 'chargeback' | 'chargeback_reversal';
  readonly amount: number;
  readonly currency: string;
  /** Minor units, what the acquirer keeps; negative where it gives its fee back. */
  readonly fee: number;
  /** The day by the acquirer's clock (UTC) to whose settlement it belongs. */
  readonly day: string;
}

export interface DisputeBooks {
  /** Writes a new dispute, or what became of one. */
  put(dispute: Dispute): void;
  find(id: string): Dispute | undefined;
  /** All, the oldest first. */
  list(): readonly Dispute[];
  /** What chargebacks of a capture, open or lost, have taken of it. */
  standing(captureReference: string): number;
  enter(entry: DisputeEntry): void;
  ofDay(day: string): readonly DisputeEntry[];
  /** Notes that the card behind an authorization will dispute what is captured. */
  mark(authorizationReference: string): void;
  isMarked(authorizationReference: string): boolean;
  /** A capture that is to be disputed at a time, in milliseconds since the epoch. */
  schedule(captureReference: string, dueAt: number): void;
  /** When the next scheduled dispute is due. */
  nextDue(): number | undefined;
  /** Takes the captures out whose time has come. */
  takeDue(now: number): readonly string[];
}

export const disputeSchema = `
  CREATE TABLE IF NOT EXISTS disputes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    fee INTEGER NOT NULL,
    feeReturned INTEGER NOT NULL,
    captureReference TEXT NOT NULL,
    authorizationReference TEXT NOT NULL,
    openedAt TEXT NOT NULL,
    updatedAt TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS disputesByCapture ON disputes (captureReference);
  CREATE INDEX IF NOT EXISTS disputesByAuthorization ON disputes (authorizationReference);
  CREATE TABLE IF NOT EXISTS disputeEntries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL,
    operation TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    fee INTEGER NOT NULL,
    day TEXT NOT NULL,
    UNIQUE (reference, operation)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS disputeEntriesByDay ON disputeEntries (day);
  CREATE TABLE IF NOT EXISTS disputingAuthorizations (reference TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS scheduledDisputes (captureReference TEXT PRIMARY KEY, dueAt INTEGER NOT NULL) STRICT;`;

const entry = z.object({
  reference: z.string(),
  operation: z.enum(['chargeback', 'chargeback_reversal']),
  amount: z.int(),
  currency: z.string(),
  fee: z.int(),
  day: z.string(),
});

/** The disputes in the acquirer's database. */
export function disputeBooks(database: DatabaseSync): DisputeBooks {
  const columns = Object.keys(row.shape);
  const upsert = database.prepare(`
    INSERT INTO disputes (${columns.join(', ')}) VALUES (${columns.map((name) => `:${name}`).join(', ')})
    ON CONFLICT (id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`);
  const select = database.prepare('SELECT * FROM disputes WHERE id = ?');
  const list = database.prepare('SELECT * FROM disputes ORDER BY sequence');
  const sum = database.prepare(`
    SELECT coalesce(sum(amount), 0) AS standing FROM disputes
    WHERE captureReference = ? AND kind = 'chargeback' AND state <> 'won'`);
  const insertEntry = database.prepare(`
    INSERT INTO disputeEntries (reference, operation, amount, currency, fee, day)
    VALUES (:reference, :operation, :amount, :currency, :fee, :day)`);
  const entries = database.prepare('SELECT * FROM disputeEntries WHERE day = ? ORDER BY sequence');
  const mark = database.prepare('INSERT INTO disputingAuthorizations VALUES (?) ON CONFLICT DO NOTHING');
  const marked = database.prepare('SELECT reference FROM disputingAuthorizations WHERE reference = ?');
  const schedule = database.prepare('INSERT INTO scheduledDisputes VALUES (?, ?) ON CONFLICT DO NOTHING');
  const next = database.prepare('SELECT min(dueAt) AS dueAt FROM scheduledDisputes');
  const take = database.prepare('DELETE FROM scheduledDisputes WHERE dueAt <= ? RETURNING captureReference');
  return {
    put: (dispute) => void upsert.run({ ...dispute }),
    find: (id) => row.optional().parse(select.get(id)),
    list: () => z.array(row).parse(list.all()),
    standing: (captureReference) => z.object({ standing: z.int() }).parse(sum.get(captureReference)).standing,
    enter: (made) => void insertEntry.run({ ...made }),
    ofDay: (day) => z.array(entry).parse(entries.all(day)),
    mark: (authorizationReference) => void mark.run(authorizationReference),
    isMarked: (authorizationReference) => marked.get(authorizationReference) !== undefined,
    schedule: (captureReference, dueAt) => void schedule.run(captureReference, dueAt),
    nextDue: () => z.object({ dueAt: z.int().nullable() }).parse(next.get()).dueAt ?? undefined,
    takeDue: (now) =>
      z
        .array(z.object({ captureReference: z.string() }))
        .parse(take.all(now))
        .map(({ captureReference }) => captureReference),
  };
}
