import { assertBalanced } from '../posting.ts';
import type { JournalEntry } from './entry.ts';
import { chainOf, dayOf, entryId } from './entry.ts';
import type { JournalStore } from './ports.ts';
import type { ChainHead } from './segment.ts';
import { headAfter, mostEntries, sealSegment } from './segment.ts';
import { unbookedOf } from './unbooked.ts';

export interface BookingDependencies {
  readonly journal: JournalStore;
  readonly now: () => Date;
  /** Waits before a further attempt, longer with each. */
  readonly backOff: (attempt: number) => Promise<void>;
}

/** Others may be writing to the same chain; somebody always gets on, so a loser does soon. */
const mostAttempts = 25;
/** A segment is late for what occurred longer ago: such entries are marked one by one (see `unbookedOf`). */
export const onTimeMilliseconds = 15 * 60_000;

/**
 * Books entries into the journal, each once for ever, however often, in whatever order and company it comes. In:
 * entries. Out: how many were new.
 * 1. Entries go to their objects' chains.
 * 2. What a chain holds already is left out.
 * 3. The rest is booked day by day, up to 50 entries a segment; a closed day's entries go to the first open day.
 * 4. A segment is written on the condition that the chain is as it was read; else all begins again from there.
 * Throws when an entry does not balance, or when the chain kept moving.
 */
export async function bookEntries(
  dependencies: BookingDependencies,
  entries: readonly JournalEntry[],
): Promise<{ readonly booked: number }> {
  for (const { postings } of entries) assertBalanced(postings);
  let booked = 0;
  for (const [chain, ofChain] of Map.groupBy(entries, ({ objectId }) => chainOf(objectId))) {
    const once = new Map(ofChain.map((entry) => [entryId(entry), entry]));
    booked += await bookOnChain(dependencies, chain, [...once.values()]);
  }
  return { booked };
}

async function bookOnChain(
  dependencies: BookingDependencies,
  chain: number,
  entries: readonly JournalEntry[],
): Promise<number> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const head = await dependencies.journal.head(chain);
    const unbooked = await unbookedOf(dependencies.journal, head, entries, onTimeMilliseconds);
    if (await appendAll(dependencies, head, unbooked)) return unbooked.length;
    await dependencies.backOff(attempt);
  }
  throw new Error(`Chain ${chain} kept moving through ${mostAttempts} attempts`);
}

/** Segment after segment, until nothing is left; `false` as soon as somebody else wrote to the chain. */
async function appendAll(
  { journal, now }: BookingDependencies,
  head: ChainHead,
  entries: readonly JournalEntry[],
): Promise<boolean> {
  let end = head;
  let left = entries;
  while (left.length > 0) {
    const { segment, lateIds } = nextSegment(end, left, now());
    if ((await journal.append(end, segment, lateIds)) === 'moved') return false;
    end = headAfter(end, segment);
    const done = new Set(segment.entries);
    left = left.filter((entry) => !done.has(entry));
  }
  return true;
}

/** The next segment of what is left: of the earliest day that something is left of. */
function nextSegment(head: ChainHead, left: readonly JournalEntry[], now: Date) {
  const firstOpenDay = head.closed ? dayAfter(head.closed.day) : '';
  const days = left.map(({ occurredAt }) => latest(dayOf(occurredAt), firstOpenDay));
  const day = days.reduce((earliest, each) => (each < earliest ? each : earliest));
  const entries = left.filter((_, index) => days[index] === day).slice(0, mostEntries);
  const bookedAt = latest(now.toISOString(), head.bookedAt, ...entries.map(({ occurredAt }) => occurredAt));
  const { chain, number, hash: previousHash } = head;
  return {
    segment: sealSegment({ chain, number: number + 1, day, bookedAt, previousHash, entries }),
    lateIds: entries.filter((entry) => isLate(entry, bookedAt)).map(entryId),
  };
}

function isLate({ occurredAt }: JournalEntry, bookedAt: string): boolean {
  return Date.parse(bookedAt) - Date.parse(occurredAt) > onTimeMilliseconds;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function latest(...times: readonly [string, ...string[]]): string {
  return times.reduce((late, time) => (time > late ? time : late));
}
