import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** How long a stream keeps a record (AWS: 24 hours). */
const keptMilliseconds = 24 * 60 * 60 * 1000;

const tableRow = z.object({ tableName: z.string(), newest: z.number() });
const nameRow = z.object({ name: z.string() });

/**
 * Makes the server's file fit for streams; only while the server is stopped. Each write asks for the newest sequence
 * number of its table, and the server's own schema has no index for that: without ours, a write costs more with every
 * record that was ever written. Answers false when the file has no schema yet, because the server never ran.
 */
export function prepareStreamRecords(databasePath: string): boolean {
  const database = new DatabaseSync(databasePath);
  try {
    const found = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_stream_records'`);
    if (nameRow.safeParse(found.get()).data === undefined) return false;
    database.exec(
      `CREATE INDEX IF NOT EXISTS quittance_stream_records
       ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`,
    );
    return true;
  } finally {
    database.close();
  }
}

/**
 * Deletes stream records older than 24 hours of the machine's time; only while the server is stopped. Kept however
 * old are those that a consumer of this machine has not read (on AWS a consumer is not switched off with the
 * laptop), and each table's newest one, because the server counts sequence numbers on from it.
 * `lastRead` answers the last sequence number that all consumers of a table's stream have passed, or undefined when
 * the stream has no consumer.
 */
export function trimStreamRecords(
  databasePath: string,
  machineNow: number,
  lastRead: (tableName: string) => number | undefined,
): void {
  const database = new DatabaseSync(databasePath);
  try {
    const tables = database
      .prepare(
        `SELECT table_name AS tableName, MAX(CAST(sequence_number AS INTEGER)) AS newest
         FROM _stream_records GROUP BY table_name`,
      )
      .all()
      .map((row) => tableRow.parse(row));
    const trim = database.prepare(
      `DELETE FROM _stream_records
       WHERE table_name = ? AND CAST(sequence_number AS INTEGER) <= ? AND created_at < ?`,
    );
    for (const { tableName, newest } of tables) {
      const passed = Math.min(newest - 1, lastRead(tableName) ?? newest);
      trim.run(tableName, passed, Math.floor((machineNow - keptMilliseconds) / 1000));
    }
  } finally {
    database.close();
  }
}
