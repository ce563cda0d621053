import type { JournalEntry } from './entry.ts';
import { entryId } from './entry.ts';
import type { JournalStore } from './ports.ts';
import type { ChainHead } from './segment.ts';

/**
 * Which entries a chain does not hold yet. A mark for each entry would cost more than the entry, so an entry is looked
 * for where it must be if it is anywhere. A segment is booked no earlier than anything in it, and segments are booked in
 * order; so an entry that occurred at t is in a segment booked between t and t + `onTimeMilliseconds`, or else it was
 * late, and then it has a mark. In normal times that is the last segment or two, and often none at all.
 * The answer holds as long as the chain ends as `head` says: whoever writes makes that a condition.
 */
export async function unbookedOf(
  journal: Pick<JournalStore, 'segmentsDownFrom' | 'bookedAt' | 'bookedLate'>,
  head: ChainHead,
  entries: readonly JournalEntry[],
  onTimeMilliseconds: number,
): Promise<readonly JournalEntry[]> {
  const latestOnTime = ({ occurredAt }: JournalEntry) =>
    new Date(Date.parse(occurredAt) + onTimeMilliseconds).toISOString();
  const maybeBooked = entries.filter(({ occurredAt }) => occurredAt <= head.bookedAt);
  const [first] = maybeBooked;
  if (head.number === 0 || first === undefined) return entries;

  const maybeLate = maybeBooked.filter((entry) => latestOnTime(entry) < head.bookedAt);
  const late = maybeLate.length === 0 ? new Set() : await journal.bookedLate(head.chain, maybeLate.map(entryId));
  const from = maybeBooked.reduce(
    (least, { occurredAt }) => (occurredAt < least ? occurredAt : least),
    first.occurredAt,
  );
  const to = maybeBooked.map(latestOnTime).reduce((most, time) => (time > most ? time : most));
  const last = to >= head.bookedAt ? head.number : await lastBookedBy(journal, head, to);
  const booked = new Set<string>();
  for await (const segment of journal.segmentsDownFrom(head.chain, last)) {
    if (segment.bookedAt < from) break;
    for (const entry of segment.entries) booked.add(entryId(entry));
  }
  return entries.filter((entry) => !booked.has(entryId(entry)) && !late.has(entryId(entry)));
}

/** The number of the last segment that was booked at a time or before; 0 when none was. */
async function lastBookedBy(journal: Pick<JournalStore, 'bookedAt'>, head: ChainHead, time: string): Promise<number> {
  let low = 0;
  let high = head.number;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((await journal.bookedAt(head.chain, middle)) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
