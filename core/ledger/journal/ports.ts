import type { DayRoot } from './day-root.ts';
import type { ChainHead, Segment } from './segment.ts';
import type { Totals } from './totals.ts';

/** Where the journal is kept. Every read is strongly consistent. */
export interface JournalStore {
  head(chain: number): Promise<ChainHead>;
  /**
   * Segments of a chain from the number downwards to the first, a page at a time: the caller stops when it has seen
   * enough. Nothing when the number is 0.
   */
  segmentsDownFrom(chain: number, number: number): AsyncIterable<Segment>;
  /** When a segment was written. Throws when there is no such segment. */
  bookedAt(chain: number, number: number): Promise<string>;
  /** Which of these entries were booked late. */
  bookedLate(chain: number, entryIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Writes a segment, the chain's new head, the day's bucket and the late entries' marks in one transaction, on the
   * condition that the chain still ends, and is closed, as the head says; else answers `moved` and nothing is written.
   */
  append(head: ChainHead, segment: Segment, lateEntryIds: readonly string[]): Promise<'appended' | 'moved'>;
}

/** What closing a day needs of it. */
export interface ClosingStore {
  /**
   * Lets no more entries into a chain's days up to this one, and answers where the chain ended then. Doing it again
   * answers the same; a chain that is closed further already answers with the later day.
   */
  closeChain(chain: number, day: string): Promise<ChainHead>;
  /** The last root of a day up to this one. */
  lastRoot(day: string): Promise<DayRoot | undefined>;
  /** A chain's buckets of the days between two, the first excluded, in the order of the days. */
  buckets(chain: number, after: string, through: string): Promise<readonly Bucket[]>;
  /** Writes a day's root, unless the day has one; then answers `false`. */
  putRoot(root: DayRoot): Promise<boolean>;
}

/** What a day came to in one chain: it grows with each segment, in the segment's own transaction. */
export interface Bucket {
  readonly day: string;
  /** The first and the last segment that hold entries of the day; others may lie between them. */
  readonly firstSegment: number;
  readonly lastSegment: number;
  readonly totals: Totals;
}

/** What reading the books needs of it. */
export interface LedgerReader extends Pick<JournalStore, 'head'>, Pick<ClosingStore, 'lastRoot' | 'buckets'> {
  /** Segments of a chain from one number up to another, a page at a time. */
  segmentsBetween(chain: number, first: number, last: number): AsyncIterable<Segment>;
}

/** What signs the roots: a key that never leaves its service. */
export interface RootSigner {
  sign(message: string): Promise<{ readonly signature: Uint8Array; readonly publicKey: Uint8Array }>;
}
