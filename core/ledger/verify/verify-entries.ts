import type { JournalEntry } from '../journal/entry.ts';
import { encodeEntry, entryId } from '../journal/entry.ts';
import type { Books, Finding } from './books.ts';
import { finding, unless } from './books.ts';

/** How long an entry may be on its way to the journal: the window of the stream, and a few failed batches. */
const onItsWayMilliseconds = 15 * 60_000;

/** Every transition is in the journal once and unchanged, and the journal holds nothing else. */
export function* verifyEntries(books: Books, { settled }: { readonly settled: boolean }): Generator<Finding> {
  const transitions = new Map(books.transitions.map(({ entry }) => [entryId(entry), entry]));
  const journaled = new Set<string>();
  for (const { chain, number, entries } of books.segments) {
    for (const entry of entries) {
      const id = entryId(entry);
      const where = `segment ${number} of chain ${chain}`;
      if (journaled.has(id)) yield finding(id, 'to be in the journal once', `it again in ${where}`);
      journaled.add(id);
      const transition = transitions.get(id);
      if (transition) yield* sameEntry(id, transition, entry);
      else yield finding(id, `the transition that ${where} was made of`, 'none');
    }
  }
  const { old, young } = unjournaledOf(books);
  for (const entry of settled ? [...old, ...young] : old) {
    yield finding(entryId(entry), 'an entry in the journal', 'none');
  }
}

/** The journal's entry against the one that the transition makes now. */
function* sameEntry(id: string, transition: JournalEntry, entry: JournalEntry): Generator<Finding> {
  const { digest, ...rest } = transition;
  yield* unless(id, 'what the journal holds,', encodeEntry({ ...entry, digest }), encodeEntry({ ...rest, digest }));
  yield* unless(id, 'an item with the digest', entry.digest, digest);
}

/** Transitions that the journal lacks: those that may still be on their way, and those that should be there. */
export function unjournaledOf({ transitions, segments }: Books): {
  readonly old: readonly JournalEntry[];
  readonly young: readonly JournalEntry[];
} {
  const journaled = new Set(segments.flatMap(({ entries }) => entries.map(entryId)));
  const missing = transitions.map(({ entry }) => entry).filter((entry) => !journaled.has(entryId(entry)));
  const times = [...transitions.map(({ entry }) => entry.occurredAt), ...segments.map(({ bookedAt }) => bookedAt)];
  const newest = times.reduce((late, time) => Math.max(late, Date.parse(time)), 0);
  const isYoung = ({ occurredAt }: JournalEntry) => newest - Date.parse(occurredAt) <= onItsWayMilliseconds;
  return { old: missing.filter((entry) => !isYoung(entry)), young: missing.filter(isYoung) };
}
