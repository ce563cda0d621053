import { DatabaseSync } from 'node:sqlite';

/** What the embedded cloud must not forget when it is killed: one SQLite file in the data folder. */
export type Store = DatabaseSync;

/**
 * Opens the store. In write-ahead mode with `synchronous = NORMAL` a commit survives kill -9 of the process (not a
 * power cut), which is what the embedded cloud promises.
 */
export function openStore(path: string): Store {
  const store = new DatabaseSync(path);
  store.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  return store;
}
