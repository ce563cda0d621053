import * as z from 'zod';
import type { Books } from '../house/books.ts';
import { openBooks } from '../house/books.ts';

export interface RateBooks extends Books {
  /** What was published by hand in place of the day's file; null when nothing is. */
  published(): string | null;
  publish(content: string | null): void;
}

const row = z.object({ content: z.string() }).optional();

/** The source's books: a day's numbers follow from its date, so only what differs from them is written down. */
export function openRateBooks(path: string): RateBooks {
  const books = openBooks(path, 'CREATE TABLE IF NOT EXISTS file (content TEXT NOT NULL) STRICT;');
  const select = books.database.prepare('SELECT content FROM file ORDER BY rowid DESC LIMIT 1');
  const insert = books.database.prepare('INSERT INTO file VALUES (?)');
  return {
    ...books,
    published: () => row.parse(select.get())?.content ?? null,
    publish: (content) => {
      if (content === null) books.database.exec('DELETE FROM file');
      else insert.run(content);
    },
  };
}
