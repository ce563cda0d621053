import * as z from 'zod';
import type { Books } from '../house/books.ts';
import { openBooks } from '../house/books.ts';
import type { CreditBooks } from './credit-books.ts';
import { creditBooks, creditSchema } from './credit-books.ts';
import type { SalesBooks } from './sales-books.ts';
import { salesBooks, salesSchema } from './sales-books.ts';

export interface SingleMessageBooks extends Books {
  readonly sales: SalesBooks;
  readonly credits: CreditBooks;
  /** One row per reference of every operation, in the order of opening, from after the cursor (0 at first). */
  page(after: number, limit: number): readonly OpenedReference[];
}

const openedReference = z.object({
  sequence: z.int(),
  reference: z.string(),
  operation: z.enum(['sale', 'reversal', 'credit']),
  amount: z.string().nullable(),
  currency: z.string().nullable(),
  state: z.enum(['approved', 'declined', 'reversed']),
});

type OpenedReference = z.infer<typeof openedReference>;

/** Opens the acquirer's books at `path`, those of the time before credits too: what is new is in a table of its own. */
export function openSingleMessageBooks(path: string): SingleMessageBooks {
  const books = openBooks(path, `${salesSchema}${creditSchema}`);
  const columns = 'sequence, merchantReference AS reference, operation, amount, currency, state';
  const list = books.database.prepare(`
    SELECT * FROM (SELECT ${columns} FROM sales WHERE sequence > :after ORDER BY sequence LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT ${columns} FROM credits WHERE sequence > :after ORDER BY sequence LIMIT :limit)
    ORDER BY sequence LIMIT :limit`);
  return {
    ...books,
    sales: salesBooks(books.database),
    credits: creditBooks(books.database),
    page: (after, limit) => z.array(openedReference).parse(list.all({ after, limit })),
  };
}
