import { decodeCursor, encodeCursor } from '../lists/cursor.ts';
import type { Account } from './accounts.ts';
import type { JournalEntry } from './journal/entry.ts';
import { journalChains } from './journal/entry.ts';
import type { LedgerReader } from './journal/ports.ts';
import type { Segment } from './journal/segment.ts';
import type { Posting } from './posting.ts';

/** One posting of the account, with the entry and the segment that it stands in. */
export interface AccountEntry {
  readonly entry: JournalEntry;
  readonly posting: Posting;
  /** Which of the entry's postings it is. */
  readonly line: number;
  readonly segment: Pick<Segment, 'chain' | 'number' | 'day' | 'bookedAt'>;
}

export interface AccountQuery {
  readonly account: Account;
  /** Only this seller's sub-account. */
  readonly sellerId?: string | undefined;
  /** The first and the last day on whose account the entries stand. */
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export type AccountEntriesResult =
  | { readonly kind: 'page'; readonly entries: readonly AccountEntry[]; readonly nextCursor: string | null }
  | { readonly kind: 'cursorInvalid' };

/** Segments that one page looks through: a page may hold fewer than its limit, and still there is a next one. */
const mostSegments = 200;

/**
 * An account's postings in the order in which they were booked. The chains are read side by side, and whichever has the
 * segment that was booked first comes first.
 */
export async function listAccountEntries(ledger: LedgerReader, query: AccountQuery): Promise<AccountEntriesResult> {
  const { account, sellerId, from, to, limit, cursor } = query;
  const list = ['ledger-entries', account, sellerId ?? '', from, to];
  const begin = cursor === undefined ? undefined : toPosition(decodeCursor(list, cursor));
  if (cursor !== undefined && !begin) return { kind: 'cursorInvalid' };

  const chains = await openChains(ledger, query, begin);
  const entries: AccountEntry[] = [];
  let skip = begin?.skip ?? 0;
  for (let seen = 0; ; seen += 1) {
    const next = earliest(chains);
    if (!next) return { kind: 'page', entries, nextCursor: null };
    // A page that ended within a segment goes on there, whatever else has come in since.
    const { chain, segment } = skip > 0 && begin ? (chains[begin.chain] ?? next) : next;
    if (!segment) return { kind: 'page', entries, nextCursor: null };
    const found = segment.day >= from && segment.day <= to ? postingsOf(segment, query) : [];
    const taken = found.slice(skip, skip + limit - entries.length);
    entries.push(...taken);
    const done = skip + taken.length;
    skip = 0;
    const isWhole = done === found.length;
    if (isWhole) await advance(chains, chain);
    if (!isWhole || entries.length === limit || seen === mostSegments) {
      const isLast = isWhole && earliest(chains) === undefined;
      const position = { numbers: chains.map(({ number }) => number), chain, skip: isWhole ? 0 : done };
      return { kind: 'page', entries, nextCursor: isLast ? null : encodeCursor(list, fromPosition(position)) };
    }
  }
}

function postingsOf({ entries, ...segment }: Segment, { account, sellerId }: AccountQuery): readonly AccountEntry[] {
  return entries.flatMap((entry) =>
    entry.postings.flatMap((posting, line) =>
      posting.account === account && (sellerId === undefined || posting.sellerId === sellerId)
        ? [{ entry, posting, line, segment }]
        : [],
    ),
  );
}

interface OpenChain {
  readonly chain: number;
  readonly rest: AsyncIterator<Segment>;
  /** The segment that comes next, if there is one. */
  segment: Segment | undefined;
  /** Its number, or the one at which the chain will go on. */
  number: number;
}

async function openChains(
  ledger: LedgerReader,
  { from, to }: AccountQuery,
  begin: Position | undefined,
): Promise<readonly OpenChain[]> {
  return Promise.all(
    Array.from({ length: journalChains }, async (_, chain) => {
      const buckets = (await ledger.buckets(chain, '', to)).filter(({ day }) => day >= from);
      const first = Math.min(...buckets.map(({ firstSegment }) => firstSegment));
      const last = Math.max(0, ...buckets.map(({ lastSegment }) => lastSegment));
      const number = Math.max(begin?.numbers[chain] ?? 0, Number.isFinite(first) ? first : last + 1);
      const rest = ledger.segmentsBetween(chain, number, last)[Symbol.asyncIterator]();
      const opened: OpenChain = { chain, rest, segment: undefined, number: number - 1 };
      await advance([opened], chain);
      return opened;
    }),
  );
}

async function advance(chains: readonly OpenChain[], chain: number): Promise<void> {
  const open = chains.find((each) => each.chain === chain);
  if (!open) return;
  const next = await open.rest.next();
  open.segment = next.done === true ? undefined : next.value;
  open.number += 1;
}

/** The chain whose next segment was booked first. */
function earliest(chains: readonly OpenChain[]): OpenChain | undefined {
  return chains
    .filter(({ segment }) => segment !== undefined)
    .reduce<OpenChain | undefined>(
      (first, each) => (first && bookedAt(first) <= bookedAt(each) ? first : each),
      undefined,
    );
}

function bookedAt({ segment }: OpenChain): string {
  return segment?.bookedAt ?? '';
}

interface Position {
  /** The segment at which each chain goes on. */
  readonly numbers: readonly number[];
  /** Within which chain's next segment the page ended, and how many of its postings are told already. */
  readonly chain: number;
  readonly skip: number;
}

function fromPosition({ numbers, chain, skip }: Position) {
  return { numbers: numbers.join('.'), chain: String(chain), skip: String(skip) };
}

/** Anybody can make a cursor (lists/cursor.ts): only values that a list could have ended with are taken. */
function toPosition(key: Readonly<Record<string, string>> | undefined): Position | undefined {
  const { numbers = '', chain = '', skip = '' } = key ?? {};
  if (!/^\d{1,10}(?:\.\d{1,10})*$/u.test(numbers) || !/^\d$/u.test(chain) || !/^\d{1,6}$/u.test(skip)) return undefined;
  const position = { numbers: numbers.split('.').map(Number), chain: Number(chain), skip: Number(skip) };
  return position.numbers.length === journalChains && position.chain < journalChains ? position : undefined;
}
