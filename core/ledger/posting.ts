import type { Account } from './accounts.ts';

/** One line of a journal entry: minor units of one currency on one side of one account. */
export interface Posting {
  readonly account: Account;
  readonly side: 'debit' | 'credit';
  readonly amount: bigint;
  readonly currency: string;
  /** Whose sub-account it is, where the chart says that there is one for each seller. */
  readonly sellerId?: string;
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
