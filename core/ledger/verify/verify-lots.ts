import type { Lot } from '../../lots/lot.ts';
import { chartOfAccounts } from '../accounts.ts';
import { entryId } from '../journal/entry.ts';
import type { Posting } from '../posting.ts';
import type { Books, Finding, JournaledTransition } from './books.ts';
import { finding, unless } from './books.ts';

/** Each transition's lots agree with what it posts to sellers, and the lots are what the transitions made of them. */
export function* verifyLots(books: Books): Generator<Finding> {
  const expected = new Map<string, Lot>();
  const byTime = books.transitions.toSorted((one, other) => (one.entry.occurredAt < other.entry.occurredAt ? -1 : 1));
  for (const transition of byTime) {
    const id = entryId(transition.entry);
    yield* unless(
      id,
      'lots of as much as the sellers were credited,',
      creditedToSellers(transition),
      movedByLots(transition),
    );
    for (const change of transition.lots) {
      if (change.kind === 'open') expected.set(change.lot.id, change.lot);
    }
  }
  for (const { entry, lots } of byTime) {
    for (const change of lots) {
      if (change.kind !== 'reverse') continue;
      const lot = expected.get(change.lotId);
      if (lot) expected.set(lot.id, { ...lot, remaining: lot.remaining - change.amount });
      else yield finding(entryId(entry), `a lot ${change.lotId} that a transition opened`, 'none');
    }
  }
  yield* compare(expected, new Map(books.lots.map((lot) => [lot.id, lot])));
}

function* compare(expected: ReadonlyMap<string, Lot>, found: ReadonlyMap<string, Lot>): Generator<Finding> {
  for (const id of new Set([...expected.keys(), ...found.keys()])) {
    const lot = expected.get(id);
    // Releases and payouts move a lot on without a posting to the seller's accounts that lots are opened by.
    yield* unless(id, 'the lot', lot && { ...lot, state: found.get(id)?.state }, found.get(id));
    if (lot && lot.amount > 0n && lot.remaining < 0n) yield finding(id, 'nothing below zero to remain', lot.remaining);
  }
}

/** What a transition's postings give to sellers, less what they take: by seller and currency. */
function creditedToSellers({ entry }: JournaledTransition) {
  const ofSellers = entry.postings.filter(({ account }) => chartOfAccounts[account].perSeller);
  return sums(ofSellers.map((posting) => [keyOf(posting), signed(posting)]));
}

/** What its lots are worth: those opened, less what is taken back of lots that were not paid out yet. */
function movedByLots({ entry, lots }: JournaledTransition) {
  const [first] = entry.postings.filter(({ sellerId }) => sellerId !== undefined);
  return sums(
    lots.flatMap((change): [string, bigint][] => {
      if (change.kind === 'open') return [[keyOf(change.lot), change.lot.amount]];
      // A lot that was claimed is made good by a negative one, which the same transition opens.
      return change.state === 'claimed' || !first ? [] : [[keyOf(first), -change.amount]];
    }),
  );
}

function sums(rows: readonly (readonly [string, bigint])[]) {
  const byKey = new Map<string, bigint>();
  for (const [key, amount] of rows) byKey.set(key, (byKey.get(key) ?? 0n) + amount);
  return [...byKey]
    .filter(([, amount]) => amount !== 0n)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, amount]) => `${key} ${amount.toString()}`);
}

function signed({ side, amount }: Posting): bigint {
  return side === 'credit' ? amount : -amount;
}

function keyOf({ sellerId, currency }: { readonly sellerId?: string; readonly currency: string }): string {
  return `${sellerId ?? 'nobody'} ${currency}`;
}
