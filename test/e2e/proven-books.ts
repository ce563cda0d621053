import { readBooks } from '../../adapters/dynamodb/read-books.ts';
import { verifyBooks } from '../../core/ledger/verify/verify-books.ts';
import type { Verdict } from '../../core/ledger/verify/verify-books.ts';
import { readDataFolder } from '../../scripts/verify-ledger/read-data-folder.ts';

/** What the proof of the ledger says of a data folder whose instance has nothing under way any more. */
export function provenBooks(dataDir: string): Verdict {
  const { items, unreadable } = readDataFolder(dataDir);
  return verifyBooks(readBooks(items, unreadable), { settled: true });
}
