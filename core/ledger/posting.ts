/** The accounts that payments of this release post to; ../shared/domain-facts.md, "Ledger postings". */
export type Account = 'auth_hold' | 'auth_hold_contra';

/** One line of a journal entry: minor units of one currency on one side of one account. */
export interface Posting {
  readonly account: Account;
  readonly side: 'debit' | 'credit';
  readonly amount: bigint;
  readonly currency: string;
}

/** Authorize: memo debit auth_hold / credit auth_hold_contra. Nothing has moved yet; the hold is remembered. */
export function authorizationPostings(amount: bigint, currency: string): readonly Posting[] {
  return [
    { account: 'auth_hold', side: 'debit', amount, currency },
    { account: 'auth_hold_contra', side: 'credit', amount, currency },
  ];
}

/** Throws unless debits equal credits in every currency: an entry that does not balance must never be written. */
export function assertBalanced(postings: readonly Posting[]): void {
  const sums = new Map<string, bigint>();
  for (const { side, amount, currency } of postings) {
    if (amount <= 0n) throw new Error(`A posting of ${amount.toString()} ${currency} is not positive`);
    sums.set(currency, (sums.get(currency) ?? 0n) + (side === 'debit' ? amount : -amount));
  }
  for (const [currency, sum] of sums) {
    if (sum !== 0n) throw new Error(`Postings in ${currency} are off balance by ${sum.toString()}`);
  }
}
