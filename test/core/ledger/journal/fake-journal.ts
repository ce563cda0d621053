import type { DayRoot } from '../../../../core/ledger/journal/day-root.ts';
import type { JournalEntry } from '../../../../core/ledger/journal/entry.ts';
import { entryId } from '../../../../core/ledger/journal/entry.ts';
import type { ClosingStore, JournalStore, LedgerReader } from '../../../../core/ledger/journal/ports.ts';
import type { ChainHead, Segment } from '../../../../core/ledger/journal/segment.ts';
import { emptyHead, headAfter } from '../../../../core/ledger/journal/segment.ts';
import type { Totals } from '../../../../core/ledger/journal/totals.ts';
import { addTotals, totalsOf } from '../../../../core/ledger/journal/totals.ts';

export interface FakeJournal {
  readonly store: JournalStore & ClosingStore & LedgerReader;
  readonly segments: Segment[];
  readonly heads: Map<number, ChainHead>;
  readonly buckets: Map<string, Totals>;
  readonly late: Set<string>;
  readonly roots: DayRoot[];
  /** All entries, as the chains hold them. */
  entries(): readonly JournalEntry[];
  /** Segments that were read to find out whether an entry is there already. */
  segmentsRead: number;
}

/** A journal in memory that keeps the store's promises: all of a segment or nothing, on the head's condition. */
export function fakeJournal(): FakeJournal {
  const segments: Segment[] = [];
  const heads = new Map<number, ChainHead>();
  const buckets = new Map<string, Totals>();
  const late = new Set<string>();
  const roots: DayRoot[] = [];
  const headOf = (chain: number) => heads.get(chain) ?? emptyHead(chain);
  const at = (chain: number, number: number) =>
    segments.find((segment) => segment.chain === chain && segment.number === number);
  const fake: FakeJournal = {
    segments,
    heads,
    buckets,
    late,
    roots,
    segmentsRead: 0,
    entries: () => segments.flatMap(({ entries }) => entries),
    store: {
      head: (chain) => Promise.resolve(headOf(chain)),
      segmentsDownFrom: async function* (chain, number) {
        for (let each = number; each > 0; each -= 1) {
          await Promise.resolve();
          const segment = at(chain, each);
          if (!segment) throw new Error(`no segment ${each}`);
          fake.segmentsRead += 1;
          yield segment;
        }
      },
      bookedAt: (chain, number) => {
        const segment = at(chain, number);
        return segment ? Promise.resolve(segment.bookedAt) : Promise.reject(new Error(`no segment ${number}`));
      },
      bookedLate: (_chain, ids) => Promise.resolve(new Set(ids.filter((id) => late.has(id)))),
      append: async (head, segment, lateIds) => {
        await Promise.resolve();
        const standing = headOf(segment.chain);
        if (standing.hash !== head.hash || standing.closed?.day !== head.closed?.day) return 'moved';
        if (lateIds.some((id) => late.has(id))) throw new Error('a late entry has its mark already');
        segments.push(segment);
        heads.set(segment.chain, headAfter(standing, segment));
        const key = `${segment.chain} ${segment.day}`;
        const postings = segment.entries.flatMap((entry) => entry.postings);
        buckets.set(key, addTotals(buckets.get(key) ?? [], totalsOf(postings)));
        for (const id of lateIds) late.add(id);
        return 'appended';
      },
      closeChain: (chain, day) => {
        const head = headOf(chain);
        const closed = { day, number: head.number, hash: head.hash };
        if (head.closed === undefined || head.closed.day < day) heads.set(chain, { ...head, closed });
        return Promise.resolve(headOf(chain));
      },
      lastRoot: (day) => Promise.resolve(roots.findLast((root) => root.day <= day)),
      buckets: (chain, after, through) => {
        const ofChain = Map.groupBy(
          segments.filter((segment) => segment.chain === chain && segment.day > after && segment.day <= through),
          ({ day }) => day,
        );
        const rows = [...ofChain].toSorted(([one], [other]) => (one < other ? -1 : 1));
        return Promise.resolve(
          rows.map(([day, links]) => ({
            day,
            firstSegment: links[0]?.number ?? 0,
            lastSegment: links.at(-1)?.number ?? 0,
            totals: buckets.get(`${chain} ${day}`) ?? [],
          })),
        );
      },
      segmentsBetween: async function* (chain, first, last) {
        for (let each = first; each <= last; each += 1) {
          await Promise.resolve();
          const segment = at(chain, each);
          if (!segment) throw new Error(`no segment ${each}`);
          yield segment;
        }
      },
      putRoot: (root) => {
        if (roots.some(({ day }) => day === root.day)) return Promise.resolve(false);
        roots.push(root);
        return Promise.resolve(true);
      },
    },
  };
  return fake;
}

/** The ids of what a journal holds, in order. */
export function idsOf(entries: readonly JournalEntry[]): readonly string[] {
  return entries.map(entryId).toSorted();
}
