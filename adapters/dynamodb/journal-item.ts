import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { accounts } from '../../core/ledger/accounts.ts';
import type { DayRoot } from '../../core/ledger/journal/day-root.ts';
import { decodeEntries, encodeEntry } from '../../core/ledger/journal/entry.ts';
import type { Bucket } from '../../core/ledger/journal/ports.ts';
import type { LateMark } from '../../core/ledger/verify/books.ts';
import type { ChainHead, Segment } from '../../core/ledger/journal/segment.ts';
import type { AccountTotal, Totals } from '../../core/ledger/journal/totals.ts';
import { addTotals, encodedTotals, encodeTotals } from '../../core/ledger/journal/totals.ts';

type Item = Record<string, AttributeValue>;

export const chainKey = (chain: number): AttributeValue => ({ S: `chain#${chain}` });
export const segmentSortKey = (number: number): string => `segment#${String(number).padStart(10, '0')}`;
export const bucketSortKey = (day: string): string => `bucket#${day}`;
export const headKey = (chain: number): Item => ({ pk: chainKey(chain), sk: { S: 'head' } });
export const segmentKey = (chain: number, number: number): Item => ({
  pk: chainKey(chain),
  sk: { S: segmentSortKey(number) },
});
export const bucketKey = (chain: number, day: string): Item => ({ pk: chainKey(chain), sk: { S: bucketSortKey(day) } });
/** Marks an entry that was booked late. */
export const lateKey = (chain: number, entryId: string): Item => ({
  pk: chainKey(chain),
  sk: { S: `late#${entryId}` },
});
export const rootKey = (day: string): Item => ({ pk: { S: 'roots' }, sk: { S: day } });

const text = z.strictObject({ S: z.string() }).transform(({ S }) => S);
const count = z.strictObject({ N: z.string().regex(/^(?:0|[1-9][0-9]{0,14})$/u) }).transform(({ N }) => Number(N));
// An export carries bytes as base64; what does not read back is not what was written.
const bytes = z
  .strictObject({ B: z.union([z.instanceof(Uint8Array), z.base64().refine(readsBack)]) })
  .transform(({ B }) => (typeof B === 'string' ? Buffer.from(B, 'base64') : Buffer.from(B)));
const chainPart = text.pipe(z.string().regex(/^chain#\d+$/u)).transform((pk) => Number(pk.slice('chain#'.length)));

const headItem = z.strictObject({
  pk: chainPart,
  sk: text,
  number: count,
  hash: text,
  bookedAt: text,
  closedThrough: text.exactOptional(),
  closedNumber: count.exactOptional(),
  closedHash: text.exactOptional(),
});

/** The chain that an item belongs to. Throws when its key is of none. */
export function chainOf({ pk }: Item): number {
  return chainPart.parse(pk);
}

/** Throws when the item is not a chain's head. */
export function toHead(item: Item): ChainHead {
  const { pk, number, hash, bookedAt, closedThrough, closedNumber, closedHash } = headItem.parse(item);
  const head = { chain: pk, number, hash, bookedAt };
  if (closedThrough === undefined || closedNumber === undefined || closedHash === undefined) return head;
  return { ...head, closed: { day: closedThrough, number: closedNumber, hash: closedHash } };
}

function readsBack(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString('base64') === base64;
}

/** Some bits of what is packed mean nothing when it is unpacked; they too are to be what was written. */
function packedHash(packed: Uint8Array): string {
  return createHash('sha256').update(packed).digest('base64url');
}

/** A segment as it is kept: its entries are compressed, because most of an entry is names that come again and again. */
export function toSegmentItem({ chain, number, day, bookedAt, previousHash, hash, entries }: Segment): Item {
  const packed = gzipSync(JSON.stringify(entries.map(encodeEntry)), { level: 9 });
  return {
    ...segmentKey(chain, number),
    day: { S: day },
    bookedAt: { S: bookedAt },
    previousHash: { S: previousHash },
    hash: { S: hash },
    entries: { B: packed },
    packedHash: { S: packedHash(packed) },
  };
}

const segmentItem = z.strictObject({
  pk: chainPart,
  sk: text.pipe(z.string().regex(/^segment#\d{10}$/u)).transform((sk) => Number(sk.slice('segment#'.length))),
  day: text,
  bookedAt: text,
  previousHash: text,
  hash: text,
  entries: bytes,
  packedHash: text,
});

/** Throws when the item is not a segment, or when its entries do not unpack. */
export function toSegment(item: Item): Segment {
  const { pk, sk, entries, packedHash: hashWhenPacked, ...rest } = segmentItem.parse(item);
  if (packedHash(entries) !== hashWhenPacked) throw new Error('The packed entries are not those that were written');
  return { ...rest, chain: pk, number: sk, entries: decodeEntries(gunzipSync(entries).toString('utf8')) };
}

const lateItem = z.strictObject({
  pk: chainPart,
  sk: text.pipe(z.string().startsWith('late#')).transform((sk) => sk.slice('late#'.length)),
  segment: count,
});

/** Throws when the item is not the mark of a late entry. */
export function toLateMark(item: Item): LateMark {
  const { pk, sk, segment } = lateItem.parse(item);
  return { chain: pk, entryId: sk, segment };
}

/** The name of a bucket's attribute: `EUR debit processor_clearing`. */
export function totalName({ currency, account }: AccountTotal, side: 'debit' | 'credit'): string {
  return `${currency} ${side} ${account}`;
}

const totalAttribute = z.tuple([z.string(), z.enum(['debit', 'credit']), z.enum(accounts)]);
const sum = z.strictObject({ N: z.string().regex(/^[1-9][0-9]{0,37}$/u) }).transform(({ N }) => BigInt(N));

/** Throws when the item is not a bucket. */
export function toBucket({ pk: _pk, sk, firstSegment, lastSegment, ...sums }: Item): Bucket {
  return {
    day: text.parse(sk).slice('bucket#'.length),
    firstSegment: count.parse(firstSegment),
    lastSegment: count.parse(lastSegment),
    totals: addTotals(...Object.entries(sums).map(toTotals)),
  };
}

function toTotals([name, value]: [string, AttributeValue]): Totals {
  const [currency, side, account] = totalAttribute.parse(name.split(' '));
  return [{ currency, account, debit: 0n, credit: 0n, [side]: sum.parse(value) }];
}

/** A day's root as it is kept. */
export function toRootItem({ day, chains, totals, signature, publicKey, ...rest }: DayRoot): Item {
  return {
    ...rootKey(day),
    chains: { S: JSON.stringify(chains.map(({ number, hash }) => [number, hash])) },
    totals: { S: JSON.stringify(encodeTotals(totals)) },
    previousDay: { S: rest.previousDay },
    previousHash: { S: rest.previousHash },
    hash: { S: rest.hash },
    signedAt: { S: rest.signedAt },
    signature: { B: signature },
    publicKey: { B: publicKey },
  };
}

const json = text.transform((each): unknown => JSON.parse(each));
const rootItem = z.strictObject({
  pk: text,
  sk: text.pipe(z.iso.date()),
  chains: json.pipe(z.array(z.tuple([z.int(), z.string()]))),
  totals: json.pipe(encodedTotals),
  previousDay: text,
  previousHash: text,
  hash: text,
  signedAt: text,
  signature: bytes,
  publicKey: bytes,
});

/** Throws when the item is not a root. */
export function toRoot(item: Item): DayRoot {
  const { pk: _pk, sk, chains, ...rest } = rootItem.parse(item);
  return { ...rest, day: sk, chains: chains.map(([number, hash]) => ({ number, hash })) };
}
