import * as z from 'zod';
import type { Books } from '../house/books.ts';
import { openBooks } from '../house/books.ts';
import type { AuthorizationBooks } from './authorization-books.ts';
import { authorizationBooks, authorizationSchema } from './authorization-books.ts';
import type { DisputeBooks } from './dispute-books.ts';
import { disputeBooks, disputeSchema } from './dispute-books.ts';
import type { DisputeSettingsBook } from './dispute-settings.ts';
import { disputeSettingsBook } from './dispute-settings.ts';
import type { MovementBooks } from './movement-books.ts';
import { movementBooks, movementSchema } from './movement-books.ts';
import type { NotificationBooks } from './notification-books.ts';
import { notificationBooks, notificationSchema } from './notification-books.ts';

export interface AcquirerBooks extends Books {
  readonly authorizations: AuthorizationBooks;
  readonly movements: MovementBooks;
  readonly disputes: DisputeBooks;
  readonly disputeSettings: DisputeSettingsBook;
  readonly notifications: NotificationBooks;
  /** One row per reference of every operation, in the order of opening, from after the cursor (0 at first). */
  page(after: number, limit: number): readonly OpenedReference[];
}

const openedReference = z.object({
  sequence: z.int(),
  reference: z.string(),
  operation: z.enum(['authorize', 'capture', 'refund', 'cancel']),
  amount: z.int().nullable(),
  currency: z.string().nullable(),
  state: z.enum(['approved', 'declined', 'accepted', 'refused', 'cancelled']),
});

type OpenedReference = z.infer<typeof openedReference>;

/** Opens the acquirer's books at `path`, those of the time before captures too: what is new is in a table of its own. */
export function openAcquirerBooks(path: string): AcquirerBooks {
  const books = openBooks(path, `${authorizationSchema}${movementSchema}${disputeSchema}${notificationSchema}`);
  const columns = 'sequence, reference, operation, amount, currency, state';
  const list = books.database.prepare(`
    SELECT * FROM (SELECT ${columns} FROM authorizations WHERE sequence > :after ORDER BY sequence LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT ${columns} FROM movements WHERE sequence > :after ORDER BY sequence LIMIT :limit)
    ORDER BY sequence LIMIT :limit`);
  return {
    ...books,
    authorizations: authorizationBooks(books.database),
    movements: movementBooks(books.database),
    disputes: disputeBooks(books.database),
    disputeSettings: disputeSettingsBook(books.database),
    notifications: notificationBooks(books.database),
    page: (after, limit) => z.array(openedReference).parse(list.all({ after, limit })),
  };
}
