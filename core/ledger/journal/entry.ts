import { createHash } from 'node:crypto';
import * as z from 'zod';
import { accounts } from '../accounts.ts';
import type { Posting } from '../posting.ts';

/**
 * One entry of the journal: what one transition of an object posted. There is one for every transition, also for those
 * that moved nothing, because an entry seals its transition: `digest` covers every byte of the transition's item.
 */
export interface JournalEntry {
  /** The object that the transition belongs to: `pay_…`, `gc_…`. */
  readonly objectId: string;
  /** Which of the object's transitions it is: what its sort key says behind `transition#`. */
  readonly step: string;
  /** RFC 3339 UTC with milliseconds, as the transition says it, however late it reached the journal. */
  readonly occurredAt: string;
  /** SHA-256 of the transition's item in canonical form, base64url. */
  readonly digest: string;
  readonly postings: readonly Posting[];
}

/** Names an entry for ever. It follows from the transition, so that the same transition makes the same entry. */
export function entryId({ objectId, step }: Pick<JournalEntry, 'objectId' | 'step'>): string {
  return `${objectId}/${step}`;
}

/** How many chains share the journal: enough for some ten thousand entries a second, few enough to be summed. */
export const journalChains = 4;

/** The chain that holds all entries of an object, for ever the same one: there a repeated entry meets itself. */
export function chainOf(objectId: string): number {
  return createHash('sha256').update(objectId).digest().readUInt16BE(2) % journalChains;
}

/** The day of a time, UTC: `2026-11-25`. */
export function dayOf(time: string): string {
  return time.slice(0, 10);
}

/** The form in which an entry is hashed and kept: arrays of text alone, so that there is one way to write it. */
export function encodeEntry({ objectId, step, occurredAt, digest, postings }: JournalEntry): EncodedEntry {
  return [
    objectId,
    step,
    occurredAt,
    digest,
    postings.map(({ account, side, amount, currency, sellerId }) => [
      account,
      side,
      amount.toString(),
      currency,
      ...(sellerId === undefined ? [] : [sellerId]),
    ]),
  ];
}

type EncodedPosting = readonly string[];
export type EncodedEntry = readonly [string, string, string, string, readonly EncodedPosting[]];

const amount = z
  .string()
  .regex(/^[1-9][0-9]{0,36}$/u)
  .transform(BigInt);
const side = z.enum(['debit', 'credit']);
const encodedPosting = z
  .union([
    z.tuple([z.enum(accounts), side, amount, z.string()]),
    z.tuple([z.enum(accounts), side, amount, z.string(), z.string()]),
  ])
  .transform(([account, postingSide, minorUnits, currency, sellerId]): Posting => ({
    account,
    side: postingSide,
    amount: minorUnits,
    currency,
    ...(sellerId === undefined ? {} : { sellerId }),
  }));

const encodedEntry = z
  .tuple([z.string(), z.string(), z.string(), z.string(), z.array(encodedPosting)])
  .transform(([objectId, step, occurredAt, digest, postings]): JournalEntry => ({
    objectId,
    step,
    occurredAt,
    digest,
    postings,
  }));

/** Entries from their encoded form. Throws when they were not written here. */
export function decodeEntries(text: string): readonly JournalEntry[] {
  return z.array(encodedEntry).parse(JSON.parse(text));
}
