import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { nextSequence } from './sequence.ts';

const row = z.object({
  merchantReference: z.string(),
  /** What opened the reference: a sale, or a reversal that came first. */
  operation: z.enum(['sale', 'reversal']),
  state: z.enum(['approved', 'declined', 'reversed']),
  /** ISO 8583, field 39. */
  responseCode: z.string(),
  /** Major units as a decimal string; null with the currency where a reversal came first. */
  amount: z.string().nullable(),
  currency: z.string().nullable(),
  lastFour: z.string().nullable(),
  authorisationCode: z.string().nullable(),
  retrievalReference: z.string().nullable(),
  /** Milliseconds since the epoch; with it begins the time in which a reversal is taken. */
  soldAt: z.int(),
});

/** A sale as the acquirer keeps it: never with the number or the security code. */
export type Sale = z.infer<typeof row>;

export interface SalesBooks {
  /** Writes the sale unless its reference is taken, and answers what then stands under the reference. */
  sell(sale: Sale): Sale;
  /**
   * Reverses an approved sale made after `earliest` (milliseconds since the epoch), leaves a tombstone where nothing
   * was, and answers what stands.
   */
  reverse(merchantReference: string, now: number, earliest: number): Sale;
  find(merchantReference: string): Sale | undefined;
}

export const salesSchema = `
  CREATE TABLE IF NOT EXISTS sales (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    merchantReference TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    state TEXT NOT NULL,
    responseCode TEXT NOT NULL,
    amount TEXT,
    currency TEXT,
    lastFour TEXT,
    authorisationCode TEXT,
    retrievalReference TEXT,
    soldAt INTEGER NOT NULL
  ) STRICT;`;

/** The sales in the acquirer's database. Each change is one statement. */
export function salesBooks(database: DatabaseSync): SalesBooks {
  const insert = database.prepare(`
    INSERT INTO sales
      (sequence, merchantReference, operation, state, responseCode, amount, currency, lastFour, authorisationCode, retrievalReference, soldAt)
    VALUES
      (${nextSequence}, :merchantReference, :operation, :state, :responseCode, :amount, :currency, :lastFour, :authorisationCode,
       :retrievalReference, :soldAt)
    ON CONFLICT (merchantReference) DO NOTHING`);
  const reverse = database.prepare(`
    INSERT INTO sales (sequence, merchantReference, operation, state, responseCode, soldAt)
    VALUES (${nextSequence}, :merchantReference, 'reversal', 'reversed', 'R0', :now)
    ON CONFLICT (merchantReference) DO UPDATE SET state = 'reversed', responseCode = 'R0'
    WHERE state = 'approved' AND soldAt > :earliest`);
  const select = database.prepare('SELECT * FROM sales WHERE merchantReference = ?');
  return {
    sell: (sale) => {
      insert.run({ ...sale });
      return row.parse(select.get(sale.merchantReference));
    },
    reverse: (merchantReference, now, earliest) => {
      reverse.run({ merchantReference, now, earliest });
      return row.parse(select.get(merchantReference));
    },
    find: (merchantReference) => row.optional().parse(select.get(merchantReference)),
  };
}
