import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bookEntries } from '../../../core/ledger/journal/book-entries.ts';
import { closeDay } from '../../../core/ledger/journal/close-day.ts';
import type { JournalEntry } from '../../../core/ledger/journal/entry.ts';
import { entryId } from '../../../core/ledger/journal/entry.ts';
import type { Totals } from '../../../core/ledger/journal/totals.ts';
import { encodeTotals, imbalances, totalsOf } from '../../../core/ledger/journal/totals.ts';
import type { AccountQuery } from '../../../core/ledger/list-account-entries.ts';
import { listAccountEntries } from '../../../core/ledger/list-account-entries.ts';
import type { AsOf } from '../../../core/ledger/read-trial-balance.ts';
import { readTrialBalance } from '../../../core/ledger/read-trial-balance.ts';
import { givenEntry, histories, start } from './journal/entries.ts';
import type { FakeJournal } from './journal/fake-journal.ts';
import { fakeJournal } from './journal/fake-journal.ts';

const midnight = Date.parse('2026-11-26');
const signer = { sign: () => Promise.resolve({ signature: new Uint8Array(1), publicKey: new Uint8Array(1) }) };

async function book(fake: FakeJournal, entries: readonly JournalEntry[], now?: number): Promise<void> {
  for (const entry of entries) {
    const at = now ?? Date.parse(entry.occurredAt) + 1000;
    await bookEntries({ journal: fake.store, now: () => new Date(at), backOff: () => Promise.resolve() }, [entry]);
  }
}

const close = (fake: FakeJournal, day: string) =>
  closeDay({ closing: fake.store, signer, now: () => new Date(midnight) }, day);

async function totalsAsOf(fake: FakeJournal, asOf: AsOf): Promise<Totals> {
  const result = await readTrialBalance(fake.store, asOf);
  if (result.kind !== 'balance') throw new Error(result.kind);
  return result.balance.totals;
}

const sumOf = (entries: readonly JournalEntry[]) => totalsOf(entries.flatMap(({ postings }) => postings));

describe('the trial balance', () => {
  test('is the sum of all entries, zero in every currency, whatever days were closed', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(60), async (history, cut) => {
        const fake = fakeJournal();
        await book(fake, history.slice(0, cut));
        await close(fake, '2026-11-25');
        await book(fake, history.slice(cut), midnight + 200_000_000);
        const totals = await totalsAsOf(fake, { kind: 'everything' });
        expect(encodeTotals(totals)).toEqual(encodeTotals(sumOf(history)));
        expect(imbalances(totals).size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('as of a time is what had occurred by then; as of a day, what occurred until its end', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(59), fc.boolean(), async (history, index, closed) => {
        const fake = fakeJournal();
        await book(fake, history);
        if (closed) await close(fake, '2026-11-25');
        const time = history[Math.min(index, history.length - 1)]?.occurredAt ?? '';
        const by = (limit: string) => history.filter(({ occurredAt }) => occurredAt <= limit);
        expect(encodeTotals(await totalsAsOf(fake, { kind: 'time', time }))).toEqual(encodeTotals(sumOf(by(time))));
        const day = time.slice(0, 10);
        expect(encodeTotals(await totalsAsOf(fake, { kind: 'day', day }))).toEqual(
          encodeTotals(sumOf(by(`${day}T23:59:59.999Z`))),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('of a closed day is final, and stays what it was whatever comes late', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n)]);
    await close(fake, '2026-11-25');
    const asOf = { kind: 'day', day: '2026-11-25' } as const;
    const before = await readTrialBalance(fake.store, asOf);
    await book(fake, [givenEntry(1, 2, start + 1, 70n)], midnight + 5_000_000);
    const after = await readTrialBalance(fake.store, asOf);
    expect(before).toMatchObject({ balance: { isFinal: true, totals: [{ debit: 100n }, { credit: 100n }] } });
    expect(after).toMatchObject({ balance: { isFinal: true, totals: [{ debit: 100n }, { credit: 100n }] } });
    expect(await readTrialBalance(fake.store, { kind: 'day', day: '2026-11-26' })).toMatchObject({
      balance: { isFinal: false, totals: [{ debit: 170n }, { credit: 170n }] },
    });
  });

  test('says how far each chain had come', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n), givenEntry(1, 2, start + 1, 1n)]);
    const result = await readTrialBalance(fake.store, { kind: 'everything' });
    if (result.kind !== 'balance') throw new Error(result.kind);
    expect(result.balance.watermark.map(({ number }) => number).toSorted()).toEqual([0, 0, 0, 2]);
  });

  test('as of a time within a day of too many segments is refused with the numbers', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n)]);
    const crowded = {
      ...fake.store,
      buckets: async (...range: Parameters<typeof fake.store.buckets>) =>
        (await fake.store.buckets(...range)).map((bucket) => ({ ...bucket, lastSegment: 5000 })),
    };
    const time = new Date(start + 1).toISOString();
    expect(await readTrialBalance(crowded, { kind: 'time', time })).toEqual({
      kind: 'tooManyEntries',
      segments: 5000,
      most: 2000,
    });
  });
});

const everything = { account: 'seller_deferred', from: '2026-11-25', to: '2026-12-31' } as const;

async function pagesOf(fake: FakeJournal, query: Omit<AccountQuery, 'cursor'>, between?: () => Promise<void>) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAccountEntries(fake.store, { ...query, cursor });
    if (page.kind !== 'page') throw new Error(page.kind);
    ids.push(...page.entries.map(({ entry, line }) => `${entryId(entry)}/${line}`));
    cursor = page.nextCursor ?? undefined;
    await between?.();
  } while (cursor !== undefined);
  return ids;
}

describe("an account's entries", () => {
  test('are all postings of the account, each once, however the pages are cut and whatever comes in between', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 1, max: 7 }), fc.nat(10), async (history, limit, size) => {
        const fake = fakeJournal();
        const late = history.slice(history.length - size);
        const batches = history.slice(0, history.length - late.length);
        for (let at = 0; at < batches.length; at += 9) {
          await bookEntries(
            { journal: fake.store, now: () => new Date(midnight), backOff: () => Promise.resolve() },
            batches.slice(at, at + 9),
          );
        }
        const ids = await pagesOf(fake, { ...everything, limit }, async () => {
          const next = late.shift();
          if (next) await book(fake, [next], midnight + 90_000_000);
        });
        await book(fake, late, midnight + 90_000_000);
        const wanted = history.filter(({ postings }) => postings.length > 0).map((entry) => `${entryId(entry)}/1`);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => wanted.includes(id))).toBe(true);
        expect((await pagesOf(fake, { ...everything, limit })).toSorted()).toEqual(wanted.toSorted());
      }),
      { numRuns: 100 },
    );
  });

  test('come in the order in which they were booked, across the chains', async () => {
    const fake = fakeJournal();
    const entries = Array.from({ length: 30 }, (_, index) => givenEntry(index % 7, index, start + index * 10_000, 1n));
    await book(fake, entries);
    expect(await pagesOf(fake, { ...everything, limit: 4 })).toEqual(entries.map((entry) => `${entryId(entry)}/1`));
  });

  test('can be those of one seller and of some days', async () => {
    const fake = fakeJournal();
    const other = givenEntry(2, 1, start, 5n);
    const theirs = { ...other, postings: other.postings.map((posting) => ({ ...posting, sellerId: 'sel_other' })) };
    await book(fake, [givenEntry(1, 1, start, 1n), theirs, givenEntry(1, 2, midnight + 1, 2n)]);
    expect(await pagesOf(fake, { ...everything, limit: 9, sellerId: 'sel_other' })).toEqual([`${entryId(theirs)}/1`]);
    expect(await pagesOf(fake, { ...everything, limit: 9, from: '2026-11-26' })).toHaveLength(1);
    expect(await pagesOf(fake, { ...everything, limit: 9, to: '2026-11-25' })).toHaveLength(2);
    expect(await pagesOf(fake, { ...everything, limit: 9, from: '2026-12-01' })).toEqual([]);
  });

  test('refuse a cursor of another list', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 1n), givenEntry(1, 2, start, 1n)]);
    const page = await listAccountEntries(fake.store, { ...everything, limit: 1 });
    const cursor = page.kind === 'page' ? (page.nextCursor ?? '') : '';
    const query = { ...everything, limit: 1, account: 'commission', cursor } as const;
    expect(await listAccountEntries(fake.store, query)).toEqual({ kind: 'cursorInvalid' });
  });
});
