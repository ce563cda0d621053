import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

const row = z.object({
  /** The message's id, the same on every try. */
  id: z.string(),
  /** The JSON text that is signed and sent, byte for byte the same on every try. */
  body: z.string(),
  attempts: z.int(),
  /** Milliseconds since the epoch by the acquirer's clock; null when it was taken. */
  nextAttemptAt: z.int().nullable(),
});

/** A message to the merchant. */
export type Notification = z.infer<typeof row>;

export interface NotificationBooks {
  add(id: string, body: string, dueAt: number): void;
  find(id: string): Notification | undefined;
  list(): readonly Notification[];
  /** Messages whose next try is due, the oldest first. */
  due(now: number): readonly Notification[];
  nextDue(): number | undefined;
  taken(id: string): void;
  notTaken(id: string, nextAttemptAt: number): void;
}

export const notificationSchema = `
  CREATE TABLE IF NOT EXISTS notifications (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    nextAttemptAt INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS notificationsByNextAttempt ON notifications (nextAttemptAt);`;

/** What is to be told, in the acquirer's database: written in one transaction with what it tells of. */
export function notificationBooks(database: DatabaseSync): NotificationBooks {
  const insert = database.prepare('INSERT INTO notifications (id, body, attempts, nextAttemptAt) VALUES (?, ?, 0, ?)');
  const select = database.prepare('SELECT * FROM notifications WHERE id = ?');
  const list = database.prepare('SELECT * FROM notifications ORDER BY sequence');
  const due = database.prepare('SELECT * FROM notifications WHERE nextAttemptAt <= ? ORDER BY sequence LIMIT 50');
  const next = database.prepare('SELECT min(nextAttemptAt) AS dueAt FROM notifications');
  const taken = database.prepare('UPDATE notifications SET attempts = attempts + 1, nextAttemptAt = NULL WHERE id = ?');
  const notTaken = database.prepare(`
    UPDATE notifications SET attempts = attempts + 1, nextAttemptAt = :at WHERE id = :id AND nextAttemptAt IS NOT NULL`);
  return {
    add: (id, body, dueAt) => void insert.run(id, body, dueAt),
    find: (id) => row.optional().parse(select.get(id)),
    list: () => z.array(row).parse(list.all()),
    due: (now) => z.array(row).parse(due.all(now)),
    nextDue: () => z.object({ dueAt: z.int().nullable() }).parse(next.get()).dueAt ?? undefined,
    taken: (id) => void taken.run(id),
    notTaken: (id, at) => void notTaken.run({ id, at }),
  };
}
