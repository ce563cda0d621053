import { createHash } from 'node:crypto';
import { journalChains } from '../../core/ledger/journal/entry.ts';
import type { AccountTotal } from '../../core/ledger/journal/totals.ts';
import type { Books } from '../../core/ledger/verify/books.ts';
import { segmentsOf } from '../../core/ledger/verify/verify-chains.ts';
import type { Verdict } from '../../core/ledger/verify/verify-books.ts';

/** What to say of the books: the first thing that does not fit, or a summary. */
export function report(books: Books, verdict: Verdict): readonly string[] {
  const [first, ...others] = verdict.findings;
  if (!first) return summary(books, verdict);
  return [
    `${first.id} does not fit.`,
    `  expected: ${first.expected}`,
    `  found:    ${first.found}`,
    ...(others.length === 0 ? [] : [`${others.length} more do not fit, ${others[0]?.id ?? ''} next.`]),
  ];
}

function summary(books: Books, { totals, notJournaledYet, notSignedYet }: Verdict): readonly string[] {
  const entries = books.segments.reduce((sum, segment) => sum + segment.entries.length, 0);
  return [
    `The books fit: ${books.transitions.length} transitions of ${books.payments.length} payments, ` +
      `${books.giftCards.length} gift cards and ${books.settlements.length} settlements, ${books.lots.length} lots; ${entries} entries in ` +
      `${books.segments.length} segments, ${books.roots.length} days signed.`,
    ...totals.map(totalLine),
    ...sumLines(totals),
    ...Array.from({ length: journalChains }, (_, chain) => headLine(books, chain)),
    ...books.roots.slice(-1).map(({ day, publicKey }) => `signed through ${day} by the key ${fingerprint(publicKey)}`),
    ...pendingLines('not journaled yet', notJournaledYet),
    ...pendingLines('closed and not signed yet', notSignedYet),
  ];
}

function totalLine({ currency, account, debit, credit }: AccountTotal): string {
  return `  ${currency} ${account.padEnd(24)} ${debit.toString().padStart(16)} ${credit.toString().padStart(16)}`;
}

function sumLines(totals: readonly AccountTotal[]): readonly string[] {
  return [...Map.groupBy(totals, ({ currency }) => currency)].map(([currency, rows]) => {
    const difference = rows.reduce((sum, { debit, credit }) => sum + debit - credit, 0n);
    return `${currency}: debits less credits ${difference.toString()}`;
  });
}

function headLine(books: Books, chain: number): string {
  const last = segmentsOf(books, chain).at(-1);
  return last ? `chain ${chain} ends with segment ${last.number}, ${last.hash}` : `chain ${chain} is empty`;
}

function fingerprint(publicKey: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(publicKey).digest('base64')}`;
}

const mostNamed = 5;

function pendingLines(what: string, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const more = ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : '';
  return [`${what}: ${ids.slice(0, mostNamed).join(', ')}${more}`];
}
