import type { Posting } from './posting.ts';

/** What a part of a payment comes to on the seller's side (core/payments/settled-part.ts). */
export interface Settled {
  readonly currency: string;
  readonly commission: bigint;
  readonly sellersPart: bigint;
  /** Where it is converted; `residue` is what rounding leaves, either way. */
  readonly converted?: { readonly worth: bigint; readonly spread: bigint; readonly residue: bigint };
}

/**
 * Converting what a buyer paid, nothing where the seller takes its currency: we hold the buyer's and owe the seller's until
 * an exchange closes the position. It stands at the reference rate; what we keep is revenue, and what rounding leaves is
 * nobody's but ours to explain.
 */
export function conversionPostings(
  amount: bigint,
  currency: string,
  { currency: to, converted }: Settled,
): readonly Posting[] {
  if (!converted) return [];
  const { worth, spread, residue } = converted;
  return [
    ...lines(currency, [{ account: 'fx_position', side: 'credit', amount }]),
    ...lines(to, [
      { account: 'fx_position', side: 'debit', amount: worth },
      { account: 'fx_revenue', side: 'credit', amount: spread },
      residue < 0n
        ? { account: 'fx_residue', side: 'debit', amount: -residue }
        : { account: 'fx_residue', side: 'credit', amount: residue },
    ]),
  ];
}

/** Taking a conversion back, by what it was made at: no rate of today has a part in it. */
export function takenConversionPostings(amount: bigint, currency: string, settled: Settled): readonly Posting[] {
  return conversionPostings(amount, currency, settled).map((posting) => ({
    ...posting,
    side: posting.side === 'debit' ? 'credit' : 'debit',
  }));
}

/** Lines of one currency; those of nothing are left out. */
export function lines(currency: string, postings: readonly Omit<Posting, 'currency'>[]): readonly Posting[] {
  return postings.filter(({ amount }) => amount !== 0n).map((posting) => ({ ...posting, currency }));
}
