import * as z from 'zod';
import type { Books } from '../house/books.ts';
import { openBooks } from '../house/books.ts';

const row = z.object({
  sequence: z.int(),
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
export type Sale = Omit<z.infer<typeof row>, 'sequence'>;

export interface SalesBooks extends Books {
  /** Writes the sale unless its reference is taken, and answers what then stands under the reference. */
  sell(sale: Sale): Sale;
  /**
   * Reverses an approved sale made after `earliest` (milliseconds since the epoch), leaves a tombstone where nothing
   * was, and answers what stands.
   */
  reverse(merchantReference: string, now: number, earliest: number): Sale;
  find(merchantReference: string): Sale | undefined;
  /** In the order of opening, from after the cursor (0 at first). */
  page(after: number, limit: number): readonly (Sale & { readonly sequence: number })[];
}

const schema = `
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

/** Opens the books of sales at `path`. Each change is one statement, which is one transaction. */
export function openSalesBooks(path: string): SalesBooks {
  const books = openBooks(path, schema);
  const insert = books.database.prepare(`
    INSERT INTO sales
      (merchantReference, operation, state, responseCode, amount, currency, lastFour, authorisationCode, retrievalReference, soldAt)
    VALUES
      (:merchantReference, :operation, :state, :responseCode, :amount, :currency, :lastFour, :authorisationCode,
       :retrievalReference, :soldAt)
    ON CONFLICT (merchantReference) DO NOTHING`);
  const reverse = books.database.prepare(`
    INSERT INTO sales (merchantReference, operation, state, responseCode, soldAt)
    VALUES (:merchantReference, 'reversal', 'reversed', 'R0', :now)
    ON CONFLICT (merchantReference) DO UPDATE SET state = 'reversed', responseCode = 'R0'
    WHERE state = 'approved' AND soldAt > :earliest`);
  const select = books.database.prepare('SELECT * FROM sales WHERE merchantReference = ?');
  const list = books.database.prepare('SELECT * FROM sales WHERE sequence > ? ORDER BY sequence LIMIT ?');
  return {
    ...books,
    sell: (sale) => {
      insert.run({ ...sale });
      return row.parse(select.get(sale.merchantReference));
    },
    reverse: (merchantReference, now, earliest) => {
      reverse.run({ merchantReference, now, earliest });
      return row.parse(select.get(merchantReference));
    },
    find: (merchantReference) => row.optional().parse(select.get(merchantReference)),
    page: (after, limit) => z.array(row).parse(list.all(after, limit)),
  };
}
