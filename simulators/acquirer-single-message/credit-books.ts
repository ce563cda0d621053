import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { nextSequence } from './sequence.ts';

const row = z.object({
  merchantReference: z.string(),
  operation: z.literal('credit'),
  state: z.enum(['approved', 'declined', 'reversed']),
  /** ISO 8583, field 39. */
  responseCode: z.string(),
  /** The reference of the sale. */
  originalReference: z.string(),
  /** Major units as a decimal string, as it was asked for. */
  amount: z.string(),
  /** The same in minor units, to be summed. */
  minorUnits: z.int(),
  currency: z.string(),
  retrievalReference: z.string().nullable(),
  /** Milliseconds since the epoch; with it begins the time in which a reversal is taken. */
  creditedAt: z.int(),
});

/** Money that goes back to a card. */
export type Credit = z.infer<typeof row>;

export interface CreditBooks {
  /** Writes a credit whose reference is free. */
  record(credit: Credit): void;
  reverse(merchantReference: string): void;
  find(merchantReference: string): Credit | undefined;
  /** Minor units that went back of a sale and were not reversed. */
  creditedOf(originalReference: string): number;
}

export const creditSchema = `
  CREATE TABLE IF NOT EXISTS credits (
    sequence INTEGER PRIMARY KEY,
    merchantReference TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    state TEXT NOT NULL,
    responseCode TEXT NOT NULL,
    originalReference TEXT NOT NULL,
    amount TEXT NOT NULL,
    minorUnits INTEGER NOT NULL,
    currency TEXT NOT NULL,
    retrievalReference TEXT,
    creditedAt INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS creditsBySale ON credits (originalReference);`;

const total = z.object({ credited: z.int() });

/** The credits in the acquirer's database. */
export function creditBooks(database: DatabaseSync): CreditBooks {
  const insert = database.prepare(`
    INSERT INTO credits
      (sequence, merchantReference, operation, state, responseCode, originalReference, amount, minorUnits, currency,
       retrievalReference, creditedAt)
    VALUES
      (${nextSequence}, :merchantReference, :operation, :state, :responseCode, :originalReference, :amount, :minorUnits, :currency,
       :retrievalReference, :creditedAt)`);
  const reverse = database.prepare(`
    UPDATE credits SET state = 'reversed', responseCode = 'R0' WHERE merchantReference = ? AND state = 'approved'`);
  const select = database.prepare('SELECT * FROM credits WHERE merchantReference = ?');
  const sum = database.prepare(`
    SELECT coalesce(sum(minorUnits), 0) AS credited FROM credits WHERE originalReference = ? AND state = 'approved'`);
  return {
    record: (credit) => {
      insert.run({ ...credit });
    },
    reverse: (merchantReference) => {
      reverse.run(merchantReference);
    },
    find: (merchantReference) => row.optional().parse(select.get(merchantReference)),
    creditedOf: (originalReference) => total.parse(sum.get(originalReference)).credited,
  };
}
