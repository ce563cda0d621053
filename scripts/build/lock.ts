import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildFolder } from './inputs.ts';
import { say } from '../say.ts';

/** Longer than any build takes. */
const patienceMilliseconds = 300_000;

/**
 * Runs `work` while no other build of this folder runs, waiting for one that does. The lock is SQLite's on an empty
 * database: the operating system releases it with the process, however that ends, so there is no stale lock to break.
 */
export async function withLock(work: () => Promise<void>): Promise<void> {
  mkdirSync(buildFolder, { recursive: true });
  const database = new DatabaseSync(join(buildFolder, 'lock.sqlite'));
  try {
    takeLock(database);
    await work();
  } finally {
    database.close();
  }
}

function takeLock(database: DatabaseSync): void {
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    say('Waiting for another build to end ...');
    database.exec(`PRAGMA busy_timeout = ${patienceMilliseconds}`);
    database.exec('BEGIN EXCLUSIVE');
  }
}
