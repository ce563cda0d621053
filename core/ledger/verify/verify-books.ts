import { entryId } from '../journal/entry.ts';
import type { Totals } from '../journal/totals.ts';
import { imbalances, totalsOf } from '../journal/totals.ts';
import { assertBalanced } from '../posting.ts';
import type { Books, Finding } from './books.ts';
import { finding } from './books.ts';
import { verifyChains } from './verify-chains.ts';
import { verifyGiftCards } from './verify-gift-cards.ts';
import { unjournaledOf, verifyEntries } from './verify-entries.ts';
import { verifyHolds } from './verify-holds.ts';
import { verifyLots } from './verify-lots.ts';
import { verifyPayments } from './verify-payments.ts';
import { unsignedDays, verifyRoots } from './verify-roots.ts';
import { verifySettlements } from './verify-settlements.ts';
import { verifySettled } from './verify-settled.ts';

export interface VerifyOptions {
  /** Nothing is on its way any more: what is not journaled or signed is missing. */
  readonly settled: boolean;
  /** The signing key's public half (SubjectPublicKeyInfo, DER) as KMS told it, where it is known from elsewhere. */
  readonly publicKey?: Uint8Array | undefined;
}

export interface Verdict {
  /** What does not fit, in the order in which it was looked for; none when the books are sound. */
  readonly findings: readonly Finding[];
  /** Entries that had no time yet to get into the journal. */
  readonly notJournaledYet: readonly string[];
  /** Days that are closed and have no root yet. */
  readonly notSignedYet: readonly string[];
  readonly totals: Totals;
}

/** More than these are not looked for: the first says where to begin. */
const mostFindings = 100;

/**
 * Proves the books from the transitions: that each balances, that they follow on one another, that no cap was passed,
 * that lots agree with the sellers' postings, that commissions and conversions are what the terms say, and that the journal holds each of them once and unchanged, in chains whose
 * hashes, buckets and signed roots are right.
 */
export function verifyBooks(books: Books, options: VerifyOptions): Verdict {
  const findings: Finding[] = [];
  for (const found of allFindings(books, options)) {
    findings.push(found);
    if (findings.length === mostFindings) break;
  }
  const { young } = unjournaledOf(books);
  return {
    findings,
    notJournaledYet: options.settled ? [] : young.map(entryId),
    notSignedYet: options.settled ? [] : unsignedDays(books),
    totals: totalsOf(books.segments.flatMap(({ entries }) => entries).flatMap(({ postings }) => postings)),
  };
}

function* allFindings(books: Books, options: VerifyOptions): Generator<Finding> {
  yield* books.unreadable;
  yield* verifyBalances(books);
  yield* verifyPayments(books);
  yield* verifyGiftCards(books);
  if (options.settled) yield* verifyHolds(books);
  yield* verifyLots(books);
  yield* verifySettled(books);
  yield* verifySettlements(books);
  yield* verifyChains(books);
  yield* verifyEntries(books, options);
  yield* verifyRoots(books, options);
}

function* verifyBalances({ transitions }: Books): Generator<Finding> {
  for (const { entry } of transitions) {
    try {
      assertBalanced(entry.postings);
    } catch (error) {
      yield finding(entryId(entry), 'postings that balance', error instanceof Error ? error.message : String(error));
    }
  }
  const all = totalsOf(transitions.flatMap(({ entry }) => entry.postings));
  for (const [currency, difference] of imbalances(all)) {
    yield finding(`the trial balance in ${currency}`, '0', difference);
  }
}
