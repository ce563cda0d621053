import type { Account } from '../ledger/accounts.ts';
import type { Posting } from '../ledger/posting.ts';
import type { SettledAmounts } from '../payments/acquirer.ts';

/**
 * What a journal entry expects of the acquirer, in each currency in which it expects anything: what it put on clearing is
 * what has to reach the bank, and what it put on the fees' account is what the acquirer keeps. So whatever an entry was
 * made of, a line that matches it takes clearing back to where it was.
 */
export function expectedAmounts(postings: readonly Posting[]): Readonly<Record<string, SettledAmounts>> {
  const currencies = [...new Set(postings.map(({ currency }) => currency))];
  return Object.fromEntries(
    currencies.flatMap((currency) => {
      const net = debits(postings, 'processor_clearing', currency);
      const fee = debits(postings, 'processing_fee', currency);
      return net === 0n && fee === 0n ? [] : [[currency, { gross: net + fee, fee, net }]];
    }),
  );
}

function debits(postings: readonly Posting[], account: Account, of: string): bigint {
  return postings
    .filter((posting) => posting.account === account && posting.currency === of)
    .reduce((sum, { side, amount }) => sum + (side === 'debit' ? amount : -amount), 0n);
}
