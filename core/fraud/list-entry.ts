import { deriveId } from '../ids.ts';

/** Whom an entry is about. Sellers are suspended, not listed. */
export const listedKinds = ['card', 'device', 'buyer', 'address'] as const;
export type ListedKind = (typeof listedKinds)[number];

export const listVerdicts = ['block', 'allow'] as const;
export type ListVerdict = (typeof listVerdicts)[number];

/** What operators have put on a list: every payment of its card, device, buyer or address is refused, or let through. */
export interface ListEntry {
  readonly id: string;
  readonly about: ListedKind;
  readonly verdict: ListVerdict;
  /** Why, for colleagues. */
  readonly note: string;
  /** The payment by which it was named, if it was. */
  readonly paymentId?: string;
  /** RFC 3339 UTC; absent where it stays until it is taken away. */
  readonly expiresAt?: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly version: number;
}

/** One entry for each: putting a card on a list again replaces what was said of it. In: who takes part, by its hash (taking-part.ts). */
export function listEntryId(about: ListedKind, partId: string): string {
  return deriveId('fle_', about, partId);
}

/** The entries that there may be of those who take part. */
export function listEntryIds(takingPart: Readonly<Record<ListedKind, string>>): readonly string[] {
  return listedKinds.flatMap((kind) => (takingPart[kind] === '' ? [] : listEntryId(kind, takingPart[kind])));
}

/** What counts of several entries: a block more than an allowance; of an entry that ran out nothing. */
export function verdictOf(entries: readonly ListEntry[], now: Date): ListVerdict | undefined {
  const time = now.toISOString();
  const verdicts = entries.flatMap(({ verdict, expiresAt = '9' }) => (expiresAt > time ? verdict : []));
  return verdicts.includes('block') ? 'block' : verdicts[0];
}
