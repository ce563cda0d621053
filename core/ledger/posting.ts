/**
 * The chart of accounts: every account that anything posts to, with what its balance says. A capability that needs
 * another account adds its line here. The source is ../shared/domain-facts.md, "Ledger postings".
 */
export const accounts = {
  /** Memo accounts say what is promised; nothing has moved yet. */
  auth_hold: 'what acquirers hold on cards for us',
  auth_hold_contra: 'the other side of auth_hold',
  gift_card_hold: 'what payments hold on gift cards',
  gift_card_hold_contra: 'the other side of gift_card_hold',
  processor_clearing: 'what acquirers owe us',
  order_escrow: 'what buyers paid for orders that were not shipped',
  gift_card_liability: 'what holders of gift cards may still spend',
  gift_card_breakage: 'what was left on gift cards when they expired',
} as const;

export type Account = keyof typeof accounts;

/** Whether something read from outside names an account. */
export function isAccount(name: unknown): name is Account {
  return typeof name === 'string' && Object.hasOwn(accounts, name);
}

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
