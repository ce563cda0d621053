import { createHash } from 'node:crypto';
import type { JournalEntry } from './entry.ts';
import { encodeEntry } from './entry.ts';

/** Some entries of one chain and one day, written once: a link of the chain. */
export interface Segment {
  readonly chain: number;
  /** Counts from 1 without gaps. */
  readonly number: number;
  /** The day on whose account its entries stand, UTC. Usually that on which they occurred. */
  readonly day: string;
  /** When it was written: never before the segment before it, nor before anything that it holds. */
  readonly bookedAt: string;
  readonly entries: readonly JournalEntry[];
  /** The hash of the segment before it. */
  readonly previousHash: string;
  readonly hash: string;
}

/** Entries in one segment at most. */
export const mostEntries = 50;

/** What the first segment names as the hash of the one before. */
export const genesisHash = '0'.repeat(64);

/** Where a chain ends, and until which day it is closed. */
export interface ChainHead {
  readonly chain: number;
  /** The number of the last segment; 0 before the first. */
  readonly number: number;
  readonly hash: string;
  /** When the last segment was written. */
  readonly bookedAt: string;
  /** The last day that was closed, and where the chain ended when it was. */
  readonly closed?: ClosedChain;
}

export interface ClosedChain {
  readonly day: string;
  readonly number: number;
  readonly hash: string;
}

/** The head of a chain in which nothing was written yet. */
export function emptyHead(chain: number): ChainHead {
  return { chain, number: 0, hash: genesisHash, bookedAt: new Date(0).toISOString() };
}

/** The next link of a chain. */
export function sealSegment(content: Omit<Segment, 'hash'>): Segment {
  return { ...content, hash: segmentHash(content) };
}

/** SHA-256 over the segment's canonical text, in which the hash before it stands. */
export function segmentHash(content: Omit<Segment, 'hash'>): string {
  const { chain, number, day, bookedAt, previousHash, entries } = content;
  const text = JSON.stringify([
    'quittance journal segment 1',
    chain,
    number,
    day,
    bookedAt,
    previousHash,
    entries.map(encodeEntry),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

/** The head after a segment. */
export function headAfter(head: ChainHead, { number, hash, bookedAt }: Segment): ChainHead {
  return { ...head, number, hash, bookedAt };
}
