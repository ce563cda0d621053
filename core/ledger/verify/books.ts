import type { GiftCard } from '../../gift-cards/gift-card.ts';
import type { GiftCardTransition } from '../../gift-cards/transition.ts';
import type { Lot, LotChange } from '../../lots/lot.ts';
import type { Payment } from '../../payments/payment.ts';
import type { StoredTransition } from '../../payments/ports.ts';
import type { Settlement, SettlementTransition } from '../../settlement/settlement.ts';
import type { DayRoot } from '../journal/day-root.ts';
import type { JournalEntry } from '../journal/entry.ts';
import type { Bucket } from '../journal/ports.ts';
import type { ChainHead, Segment } from '../journal/segment.ts';

/** Everything that the books are made of, as it was found. */
export interface Books {
  /** The entries that the transitions' items make, of whatever kind of object. */
  readonly transitions: readonly JournaledTransition[];
  readonly payments: readonly Payment[];
  readonly paymentTransitions: readonly StoredTransition[];
  readonly giftCards: readonly GiftCard[];
  readonly giftCardTransitions: readonly GiftCardTransition[];
  readonly lots: readonly Lot[];
  readonly settlements: readonly Settlement[];
  readonly settlementTransitions: readonly SettlementTransition[];
  /** What is marked as settled (`settledKey`). */
  readonly settledKeys: readonly string[];
  readonly heads: readonly ChainHead[];
  readonly segments: readonly Segment[];
  readonly buckets: readonly ChainBucket[];
  readonly lateMarks: readonly LateMark[];
  readonly roots: readonly DayRoot[];
  /** Items that could not be read. */
  readonly unreadable: readonly Finding[];
}

export interface JournaledTransition {
  readonly entry: JournalEntry;
  /** What the transition did to lots. */
  readonly lots: readonly LotChange[];
}

export interface ChainBucket extends Bucket {
  readonly chain: number;
}

export interface LateMark {
  readonly chain: number;
  readonly entryId: string;
  readonly segment: number;
}

/** Something that does not fit. */
export interface Finding {
  /** What it is: an entry, an object, a segment, a bucket, a lot, a root. */
  readonly id: string;
  readonly expected: string;
  readonly found: string;
}

export function finding(id: string, expected: unknown, found: unknown): Finding {
  return { id, expected: inWords(expected), found: inWords(found) };
}

/** A finding, unless both are the same. */
export function* unless(id: string, what: string, expected: unknown, found: unknown): Generator<Finding> {
  const [one, other] = [inWords(expected), inWords(found)];
  if (one !== other) yield { id, expected: `${what} ${one}`, found: other };
}

/** Values as text, in which the same is the same: bigints as digits, members in the order of their names. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return 'nothing';
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === 'bigint') return member.toString();
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}
