import * as z from 'zod';
import type { Account } from '../accounts.ts';
import { accounts } from '../accounts.ts';
import type { Posting } from '../posting.ts';

/** What went through one account in one currency, minor units; all sellers' sub-accounts together. */
export interface AccountTotal {
  readonly currency: string;
  readonly account: Account;
  readonly debit: bigint;
  readonly credit: bigint;
}

/** By currency and account, in the order of the currencies and of the chart; accounts without postings are left out. */
export type Totals = readonly AccountTotal[];

/** What postings come to. */
export function totalsOf(postings: Iterable<Posting>): Totals {
  const sums = new Map<string, AccountTotal>();
  for (const { currency, account, side, amount } of postings) {
    const zero = { currency, account, debit: 0n, credit: 0n };
    const before = sums.get(keyOf(zero)) ?? zero;
    sums.set(keyOf(zero), { ...before, [side]: before[side] + amount });
  }
  return inOrder(sums.values());
}

/** Totals of totals. */
export function addTotals(...each: readonly Totals[]): Totals {
  const sums = new Map<string, AccountTotal>();
  for (const total of each.flat()) {
    const before = sums.get(keyOf(total));
    sums.set(
      keyOf(total),
      before ? { ...total, debit: before.debit + total.debit, credit: before.credit + total.credit } : total,
    );
  }
  return inOrder(sums.values());
}

/** The currencies in which debits and credits differ, and by how much. None ever should. */
export function imbalances(totals: Totals): ReadonlyMap<string, bigint> {
  const differences = new Map<string, bigint>();
  for (const { currency, debit, credit } of totals) {
    differences.set(currency, (differences.get(currency) ?? 0n) + debit - credit);
  }
  return new Map([...differences].filter(([, difference]) => difference !== 0n));
}

/** Whether both say the same. */
export function sameTotals(one: Totals, other: Totals): boolean {
  return JSON.stringify(encodeTotals(one)) === JSON.stringify(encodeTotals(other));
}

/** Rows of text alone, as they are hashed and kept. */
export function encodeTotals(totals: Totals): readonly (readonly string[])[] {
  return totals.map(({ currency, account, debit, credit }) => [currency, account, debit.toString(), credit.toString()]);
}

const amount = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,36})$/u)
  .transform(BigInt);

/** The rows that `encodeTotals` makes. */
export const encodedTotals = z
  .array(z.tuple([z.string(), z.enum(accounts), amount, amount]))
  .transform((rows): Totals =>
    rows.map(([currency, account, debit, credit]) => ({ currency, account, debit, credit })),
  );

function inOrder(totals: Iterable<AccountTotal>): Totals {
  return [...totals].toSorted(
    (one, other) =>
      (one.currency < other.currency ? -1 : Number(one.currency > other.currency)) ||
      accounts.indexOf(one.account) - accounts.indexOf(other.account),
  );
}

function keyOf({ currency, account }: Pick<AccountTotal, 'currency' | 'account'>): string {
  return `${currency} ${account}`;
}
