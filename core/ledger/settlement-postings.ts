import type { Account } from './accounts.ts';
import type { Posting } from './posting.ts';

/** What settles in one currency, in minor units, signed: what leaves us is negative. */
export interface SettledMoney {
  readonly currency: string;
  /** What the acquirer transfers for lines that our book explains. */
  readonly matched: bigint;
  /** What it transfers for lines that our book does not explain. */
  readonly unexplained: bigint;
}

/**
 * Lines of a settlement file: the bank holds what was transferred, explained or not, so that it agrees with the real
 * account. What our book explains is no longer owed by the acquirer; the rest waits in suspense.
 */
export function settlementPostings({ currency, matched, unexplained }: SettledMoney): readonly Posting[] {
  return [
    ...signed('bank', matched + unexplained, currency),
    ...signed('processor_clearing', -matched, currency),
    ...signed('settlement_suspense', -unexplained, currency),
  ];
}

/** A line that our book explains by now: out of suspense, and no longer owed. `amount` as it was transferred. */
export function explanationPostings(amount: bigint, currency: string): readonly Posting[] {
  return [...signed('settlement_suspense', amount, currency), ...signed('processor_clearing', -amount, currency)];
}

/** A debit above zero, a credit below; nothing for nothing. */
function signed(account: Account, amount: bigint, currency: string): readonly Posting[] {
  if (amount === 0n) return [];
  return [{ account, side: amount > 0n ? 'debit' : 'credit', amount: amount < 0n ? -amount : amount, currency }];
}
