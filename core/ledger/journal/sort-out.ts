import { assertBalanced } from '../posting.ts';
import type { JournalEntry } from './entry.ts';

export interface SortedOut<Item> {
  readonly entries: readonly JournalEntry[];
  readonly unreadable: readonly { readonly item: Item; readonly reason: string }[];
}

/**
 * The entries of items, apart from the items that make none: those that cannot be read, and those whose postings do not
 * balance, which no journal may take.
 */
export function sortOut<Item>(items: readonly Item[], toEntry: (item: Item) => JournalEntry): SortedOut<Item> {
  const entries: JournalEntry[] = [];
  const unreadable: { item: Item; reason: string }[] = [];
  for (const item of items) {
    try {
      const entry = toEntry(item);
      assertBalanced(entry.postings);
      entries.push(entry);
    } catch (error) {
      unreadable.push({ item, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { entries, unreadable };
}
