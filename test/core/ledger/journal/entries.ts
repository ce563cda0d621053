import fc from 'fast-check';
import type { JournalEntry } from '../../../../core/ledger/journal/entry.ts';
import type { Posting } from '../../../../core/ledger/posting.ts';

export const start = Date.parse('2026-11-25T22:00:00.000Z');

/** An authorization's entry, or a capture's, or a decline's that posts nothing. */
export function givenEntry(object: number, step: number, at: number, amount: bigint, currency = 'EUR'): JournalEntry {
  return {
    objectId: `pay_${String(object).padStart(26, '0')}`,
    step: String(step).padStart(6, '0'),
    occurredAt: new Date(at).toISOString(),
    digest: `digest-${object}-${step}`,
    postings: amount === 0n ? [] : capture(amount, currency),
  };
}

function capture(amount: bigint, currency: string): readonly Posting[] {
  return [
    { account: 'processor_clearing', side: 'debit', amount, currency },
    { account: 'seller_deferred', side: 'credit', amount, currency, sellerId: 'sel_demo' },
  ];
}

/** A history of many objects over some hours around midnight, in the order in which it occurred. */
export const histories: fc.Arbitrary<readonly JournalEntry[]> = fc
  .array(
    fc.record({
      object: fc.nat(15),
      after: fc.oneof(fc.nat(5000), fc.nat(3_600_000)),
      amount: fc.bigInt(0n, 10n ** 30n),
      currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let at = start;
    return steps.map(({ object, after, amount, currency }, index) => {
      at += after;
      return givenEntry(object, index, at, amount, currency);
    });
  });
