import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../kernel/store.ts';
import type { Store } from '../kernel/store.ts';

/** The data folder is in use by another process, or cannot be used at all. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

export interface DataFolder {
  readonly store: Store;
  /** Closes the store and gives the folder back. */
  close(): void;
}

/**
 * Takes a data folder for this process alone and opens its store. The folder and its files are the owner's only: they
 * hold keys and sealed cards.
 *
 * @throws DataFolderError when another live process has it.
 */
export function openDataFolder(dataDir: string): DataFolder {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
  } catch (error) {
    throw new DataFolderError(`The data folder ${dataDir} cannot be used: ${messageOf(error)}`, { cause: error });
  }
  const unlock = lock(dataDir);
  try {
    const store = openStore(createForOwner(join(dataDir, 'cloud.db')));
    return {
      store,
      close: () => {
        store.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The locks that this process holds: SQLite gives one back when its database object is collected as garbage. */
const held = new Set<DatabaseSync>();

/**
 * The lock is SQLite's exclusive lock on a file of its own. The operating system gives it back when its holder dies,
 * however it dies, so that nobody has to guess from a process id whether a lock is stale.
 */
function lock(dataDir: string): () => void {
  const holder = join(dataDir, 'lock.pid');
  const database = new DatabaseSync(createForOwner(join(dataDir, 'lock.db')));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isLocked(error)) throw error;
    throw new DataFolderError(
      `The data folder ${dataDir} is in use by process ${readHolder(holder)}. End it, or set QUITTANCE_DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  held.add(database);
  writeFileSync(createForOwner(holder), `${process.pid}\n`);
  return () => {
    held.delete(database);
    database.close();
  };
}

/** SQLite makes the files beside a database with the database's own mode, so that it is set before it is opened. */
function createForOwner(path: string): string {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  return path;
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

/** SQLITE_BUSY. */
const busy = 5;

function isLocked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === busy;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
