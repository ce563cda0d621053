import { createHash } from 'node:crypto';
import type { Totals } from './totals.ts';
import { encodeTotals } from './totals.ts';

/**
 * What a closed day leaves: where every chain ended, and what all accounts came to since the first day. Each root names
 * the one before it, so that none can be taken out or put in later.
 */
export interface DayRoot {
  /** The last day that it closes, UTC. It covers all days since the root before it. */
  readonly day: string;
  readonly previousDay: string;
  readonly previousHash: string;
  readonly chains: readonly { readonly number: number; readonly hash: string }[];
  readonly totals: Totals;
  readonly hash: string;
  readonly signedAt: string;
  /** ECDSA over P-256 with SHA-256, DER, of `signedText`. */
  readonly signature: Uint8Array;
  /** SubjectPublicKeyInfo, DER: beside the signature, so that it can be checked when the key is gone. */
  readonly publicKey: Uint8Array;
}

export type RootContent = Pick<DayRoot, 'day' | 'previousDay' | 'previousHash' | 'chains' | 'totals'>;

/** SHA-256 over the root's canonical text. */
export function rootHash({ day, previousDay, previousHash, chains, totals }: RootContent): string {
  const text = JSON.stringify([
    'quittance journal root 1',
    day,
    previousDay,
    previousHash,
    chains.map(({ number, hash }) => [number, hash]),
    encodeTotals(totals),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

/** What is signed. It says what it is, so that the key's signature under it means nothing else. */
export function signedText({ day, hash, signedAt }: Pick<DayRoot, 'day' | 'hash' | 'signedAt'>): string {
  return `quittance journal root of ${day}: ${hash}, signed ${signedAt}`;
}
