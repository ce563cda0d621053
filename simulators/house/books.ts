import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

export interface Books {
  readonly database: DatabaseSync;
  /** The clock's offset that was set last, in milliseconds; 0 at first. */
  clockOffset(): number;
  rememberClockOffset(milliseconds: number): void;
  /** Runs `work` in one transaction: what it reads holds until its writes are committed, and a throw undoes them all. */
  atomically<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the books at `path`, creating them when missing; `schema` is the simulator's own tables, in statements that may
 * run again. What a statement wrote is with the operating system when it returns, so an answer given after it survives
 * any death of the process; only a power cut could take the last moments. Waiting for the disk as well
 * (`synchronous = full`) was measured at 3 to 5 ms a statement on a busy machine, against 0.1 ms: too slow for load tests.
 */
export function openBooks(path: string, schema: string): Books {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = normal;');
  database.exec('CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;');
  database.exec(schema);
  const read = database.prepare("SELECT value FROM settings WHERE name = 'clock_offset_milliseconds'");
  const write = database.prepare(
    "INSERT INTO settings VALUES ('clock_offset_milliseconds', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  return {
    database,
    clockOffset: () => setting.parse(read.get())?.value ?? 0,
    rememberClockOffset: (milliseconds) => {
      write.run(milliseconds);
    },
    atomically: (work) => atomically(database, work),
    close: () => database.close(),
  };
}

function atomically<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

const setting = z.object({ value: z.int() }).optional();
