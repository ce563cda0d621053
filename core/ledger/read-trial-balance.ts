import { dayOf, journalChains } from './journal/entry.ts';
import type { Bucket, LedgerReader } from './journal/ports.ts';
import type { ChainHead, Segment } from './journal/segment.ts';
import type { Totals } from './journal/totals.ts';
import { addTotals, totalsOf } from './journal/totals.ts';

/** Up to when: everything, the end of a day, or a moment within one. */
export type AsOf =
  | { readonly kind: 'everything' }
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'time'; readonly time: string };

export interface TrialBalance {
  readonly totals: Totals;
  /** Where the chains ended before the balance was read: everything up to there is in it. */
  readonly watermark: readonly ChainHead[];
  /** Whether nothing can come into it any more, because the day is closed. */
  readonly isFinal: boolean;
}

export type TrialBalanceResult =
  | { readonly kind: 'balance'; readonly balance: TrialBalance }
  /** A moment within a day is counted entry by entry, and that day has too many for one answer. */
  | { readonly kind: 'tooManyEntries'; readonly segments: number; readonly most: number };

/** Segments of one day that are counted for a moment within it. */
const mostSegments = 2000;
const lastDay = '9999-12-31';

/**
 * What every account came to. In: up to when. Out: debits and credits by currency and account, all that the journal
 * holds: the totals of the last closed day before, the buckets since, and for a moment the entries of its day that had
 * occurred by then. An entry counts for the day on which it is booked: what came after the closing counts for a later one.
 */
export async function readTrialBalance(ledger: LedgerReader, asOf: AsOf): Promise<TrialBalanceResult> {
  const watermark = await Promise.all(Array.from({ length: journalChains }, (_, chain) => ledger.head(chain)));
  const through = asOf.kind === 'everything' ? lastDay : asOf.kind === 'day' ? asOf.day : dayOf(asOf.time);
  const root = await ledger.lastRoot(asOf.kind === 'time' ? dayBefore(through) : through);
  const after = root?.day ?? '';
  const buckets = await Promise.all(watermark.map(({ chain }) => ledger.buckets(chain, after, through)));
  const isWhole = ({ day }: Bucket) => asOf.kind !== 'time' || day < through;
  const whole = buckets.flat().filter(isWhole);
  const totals = addTotals(root?.totals ?? [], ...whole.map((bucket) => bucket.totals));
  const isFinal = watermark.every(({ closed }) => closed !== undefined && closed.day >= through);
  if (asOf.kind !== 'time') return { kind: 'balance', balance: { totals, watermark, isFinal } };

  const parts = buckets.map((ofChain) => ofChain.find((bucket) => !isWhole(bucket)));
  const segments = parts.reduce((sum, part) => sum + (part ? part.lastSegment - part.firstSegment + 1 : 0), 0);
  if (segments > mostSegments) return { kind: 'tooManyEntries', segments, most: mostSegments };
  const ofDay = await Promise.all(parts.map((part, chain) => totalsUntil(ledger, chain, part, asOf.time)));
  return { kind: 'balance', balance: { totals: addTotals(totals, ...ofDay), watermark, isFinal } };
}

/** What of a day had occurred by a time, in one chain. */
async function totalsUntil(
  ledger: LedgerReader,
  chain: number,
  bucket: Bucket | undefined,
  time: string,
): Promise<Totals> {
  if (!bucket) return [];
  const each: Totals[] = [];
  for await (const segment of ledger.segmentsBetween(chain, bucket.firstSegment, bucket.lastSegment)) {
    if (segment.day === bucket.day) each.push(totalsOf(postingsUntil(segment, time)));
  }
  return addTotals(...each);
}

function postingsUntil({ entries }: Segment, time: string) {
  return entries.filter(({ occurredAt }) => occurredAt <= time).flatMap(({ postings }) => postings);
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
