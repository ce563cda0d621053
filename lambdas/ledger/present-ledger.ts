import type { LedgerEntry, TrialBalance as PresentedBalance } from '../../contracts/ledger.ts';
import { chartOfAccounts } from '../../core/ledger/accounts.ts';
import { entryId } from '../../core/ledger/journal/entry.ts';
import type { ChainHead } from '../../core/ledger/journal/segment.ts';
import type { AccountTotal } from '../../core/ledger/journal/totals.ts';
import type { AccountEntry } from '../../core/ledger/list-account-entries.ts';
import type { TrialBalance } from '../../core/ledger/read-trial-balance.ts';

/** Amounts are text: a total may be larger than the numbers that JSON's readers hold exactly. */
export function presentTrialBalance(asOf: string | undefined, balance: TrialBalance): PresentedBalance {
  const { totals, watermark, isFinal } = balance;
  const sum = (rows: readonly AccountTotal[], side: 'debit' | 'credit') =>
    rows.reduce((total, row) => total + row[side], 0n);
  return {
    object: 'trial_balance',
    asOf: asOf ?? null,
    final: isFinal,
    currencies: [...Map.groupBy(totals, ({ currency }) => currency)].map(([currency, rows]) => ({
      currency,
      debit: sum(rows, 'debit').toString(),
      credit: sum(rows, 'credit').toString(),
      difference: (sum(rows, 'debit') - sum(rows, 'credit')).toString(),
      accounts: rows.map(presentAccount),
    })),
    watermark: watermark.map(presentHead),
  };
}

function presentAccount({ account, debit, credit }: AccountTotal) {
  const balance = chartOfAccounts[account].normal === 'debit' ? debit - credit : credit - debit;
  return { account, debit: debit.toString(), credit: credit.toString(), balance: balance.toString() };
}

function presentHead({ chain, number, bookedAt, closed }: ChainHead) {
  return {
    chain,
    segment: number,
    bookedAt: number === 0 ? null : bookedAt,
    closedThrough: closed?.day ?? null,
  };
}

export function presentAccountEntry({ entry, posting, line, segment }: AccountEntry): LedgerEntry {
  const { account, side, amount, currency, sellerId } = posting;
  return {
    object: 'ledger_entry',
    id: `${entryId(entry)}/${line}`,
    entryId: entryId(entry),
    objectId: entry.objectId,
    account,
    side,
    amount: amount.toString(),
    currency,
    ...(sellerId === undefined ? {} : { sellerId }),
    occurredAt: entry.occurredAt,
    day: segment.day,
    chain: segment.chain,
    segment: segment.number,
    bookedAt: segment.bookedAt,
  };
}
