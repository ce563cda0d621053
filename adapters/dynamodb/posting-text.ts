import * as z from 'zod';
import { accounts } from '../../core/ledger/accounts.ts';
import type { Posting } from '../../core/ledger/posting.ts';

/**
 * A posting as items hold it, in the words of a bookkeeper and without the names of its members: a transition of six
 * lines stays below a kilobyte, which is what DynamoDB charges by (decision record 0009).
 * `credit seller_deferred 3570 EUR sel_demo`
 */
export function toPostingText({ side, account, amount, currency, sellerId, ...others }: Posting): string {
  assertNothingElse(others);
  const text = `${side} ${account} ${amount.toString()} ${currency}`;
  return sellerId === undefined ? text : `${text} ${sellerId}`;
}

/** What a posting may hold one day must not get lost here in silence: the compiler asks for it. */
function assertNothingElse(others: Readonly<Record<string, never>>): void {
  const names = Object.keys(others);
  if (names.length > 0) throw new Error(`A posting's text has no words for ${names.join(', ')}`);
}

const pattern = /^(?<side>debit|credit) (?<account>\w+) (?<amount>\d+) (?<currency>[A-Z]{3})(?: (?<sellerId>[^ ]+))?$/u;

const words = z.object({
  side: z.enum(['debit', 'credit']),
  account: z.enum(accounts),
  amount: z.string().transform(BigInt),
  currency: z.string(),
  sellerId: z.string().optional(),
});

/** Reads what `toPostingText` wrote, and refuses everything else. */
export const postingText = z
  .preprocess((text) => (typeof text === 'string' ? pattern.exec(text)?.groups : undefined), words)
  .transform(({ sellerId, ...rest }): Posting => (sellerId === undefined ? rest : { ...rest, sellerId }));
