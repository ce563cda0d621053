import { onTimeMilliseconds } from '../journal/book-entries.ts';
import { chainOf, dayOf, entryId, journalChains } from '../journal/entry.ts';
import type { Segment } from '../journal/segment.ts';
import { emptyHead, genesisHash, mostEntries, segmentHash } from '../journal/segment.ts';
import { encodeTotals, totalsOf } from '../journal/totals.ts';
import type { Books, Finding } from './books.ts';
import { finding, unless } from './books.ts';

/** Chains are numbered and linked, their heads name their ends, their buckets are what they hold, marks are right. */
export function* verifyChains(books: Books): Generator<Finding> {
  const chains = new Set([
    ...Array.from({ length: journalChains }, (_, chain) => chain),
    ...[...books.segments, ...books.heads, ...books.buckets, ...books.lateMarks].map(({ chain }) => chain),
  ]);
  for (const chain of [...chains].toSorted((one, other) => one - other)) {
    if (chain >= journalChains) yield finding(`chain ${chain}`, `no more than ${journalChains} chains`, 'this one');
    const segments = segmentsOf(books, chain);
    yield* verifyLinks(chain, segments);
    yield* verifyHead(books, chain, segments);
    yield* verifyBuckets(books, chain, segments);
    yield* verifyMarks(books, chain, segments);
  }
}

/** A chain's segments in their order. */
export function segmentsOf({ segments }: Books, chain: number): readonly Segment[] {
  return segments.filter((segment) => segment.chain === chain).toSorted((one, other) => one.number - other.number);
}

function* verifyLinks(chain: number, segments: readonly Segment[]): Generator<Finding> {
  let before: Pick<Segment, 'number' | 'hash' | 'bookedAt'> = emptyHead(chain);
  for (const segment of segments) {
    const id = nameOf(segment);
    const next = before.number + 1;
    if (segment.number !== next) {
      yield finding(`segment ${next} of chain ${chain}`, `it behind segment ${before.number}`, id);
    }
    yield* unless(id, 'the hash of the one before,', before.hash, segment.previousHash);
    yield* unless(id, 'the hash', segmentHash(segment), segment.hash);
    if (segment.bookedAt < before.bookedAt) {
      yield finding(id, `to be booked at ${before.bookedAt} or later`, segment.bookedAt);
    }
    if (segment.entries.length === 0 || segment.entries.length > mostEntries) {
      yield finding(id, `1 to ${mostEntries} entries`, segment.entries.length);
    }
    yield* verifyPlaces(segment);
    before = segment;
  }
}

/** Each entry is in its object's chain, no later than its segment was booked, on no earlier day than its own. */
function* verifyPlaces({ chain, day, bookedAt, entries }: Segment): Generator<Finding> {
  for (const entry of entries) {
    const id = entryId(entry);
    yield* unless(id, 'to be in chain', chainOf(entry.objectId), chain);
    if (entry.occurredAt > bookedAt) yield finding(id, `to have occurred by ${bookedAt}`, entry.occurredAt);
    if (dayOf(entry.occurredAt) > day) yield finding(id, `a day up to ${day}`, entry.occurredAt);
  }
}

function* verifyHead({ heads }: Books, chain: number, segments: readonly Segment[]): Generator<Finding> {
  const id = `the head of chain ${chain}`;
  const head = heads.find((each) => each.chain === chain);
  if (!head) {
    if (segments.length > 0) yield finding(id, `the end of ${segments.length} segments`, 'none');
    return;
  }
  const last = segments.at(-1) ?? emptyHead(chain);
  yield* unless(id, 'the number', last.number, head.number);
  yield* unless(id, 'the hash', last.hash, head.hash);
  yield* unless(id, 'the time', last.bookedAt, head.bookedAt);
  const { closed } = head;
  if (!closed) return;
  yield* unless(id, 'closed at the hash', hashAt(segments, closed.number), closed.hash);
  for (const segment of segments.filter(({ number }) => number > closed.number)) {
    if (segment.day <= closed.day)
      yield finding(nameOf(segment), `a day after ${closed.day}, which is closed`, segment.day);
  }
}

/** The hash at which a chain ended with a segment. */
export function hashAt(segments: readonly Segment[], number: number): string | undefined {
  return number === 0 ? genesisHash : segments.find((segment) => segment.number === number)?.hash;
}

function* verifyBuckets({ buckets }: Books, chain: number, segments: readonly Segment[]): Generator<Finding> {
  const byDay = Map.groupBy(segments, ({ day }) => day);
  const found = new Map(buckets.filter((bucket) => bucket.chain === chain).map((bucket) => [bucket.day, bucket]));
  for (const day of new Set([...byDay.keys(), ...found.keys()])) {
    const id = `the bucket of ${day} in chain ${chain}`;
    const ofDay = byDay.get(day) ?? [];
    const bucket = found.get(day);
    const totals = totalsOf(ofDay.flatMap(({ entries }) => entries).flatMap(({ postings }) => postings));
    yield* unless(id, 'the sums', encodeTotals(totals), bucket && encodeTotals(bucket.totals));
    yield* unless(id, 'the first segment', ofDay[0]?.number, bucket?.firstSegment);
    yield* unless(id, 'the last segment', ofDay.at(-1)?.number, bucket?.lastSegment);
  }
}

/** Exactly the late entries have marks: without, they could be booked twice. */
function* verifyMarks({ lateMarks }: Books, chain: number, segments: readonly Segment[]): Generator<Finding> {
  const late = new Map(
    segments.flatMap(({ bookedAt, number, entries }) =>
      entries
        .filter(({ occurredAt }) => Date.parse(bookedAt) - Date.parse(occurredAt) > onTimeMilliseconds)
        .map((entry) => [entryId(entry), number]),
    ),
  );
  const marks = new Map(lateMarks.filter((mark) => mark.chain === chain).map((mark) => [mark.entryId, mark.segment]));
  for (const id of new Set([...late.keys(), ...marks.keys()])) {
    yield* unless(id, 'a mark of lateness in segment', late.get(id), marks.get(id));
  }
}

function nameOf({ chain, number }: Segment): string {
  return `segment ${number} of chain ${chain}`;
}
