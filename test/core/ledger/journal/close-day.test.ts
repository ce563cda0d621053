import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { bookEntries } from '../../../../core/ledger/journal/book-entries.ts';
import { beforeAllDays, closeDay, dayToClose } from '../../../../core/ledger/journal/close-day.ts';
import { rootHash, signedText } from '../../../../core/ledger/journal/day-root.ts';
import type { JournalEntry } from '../../../../core/ledger/journal/entry.ts';
import { journalChains } from '../../../../core/ledger/journal/entry.ts';
import { genesisHash } from '../../../../core/ledger/journal/segment.ts';
import { sameTotals, totalsOf } from '../../../../core/ledger/journal/totals.ts';
import { givenEntry, histories, start } from './entries.ts';
import type { FakeJournal } from './fake-journal.ts';
import { fakeJournal, idsOf } from './fake-journal.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const firstDay = '2026-11-25';
const nextDay = '2026-11-26';
const midnight = Date.parse(nextDay);

function closingOf(fake: FakeJournal) {
  const signed: string[] = [];
  const signer = {
    sign: (text: string) => {
      signed.push(text);
      return Promise.resolve({
        signature: sign('sha256', Buffer.from(text), privateKey),
        publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      });
    },
  };
  return { closing: fake.store, signer, now: () => new Date(midnight + 900_000), signed };
}

const book = (fake: FakeJournal, entries: readonly JournalEntry[], now: number) =>
  bookEntries({ journal: fake.store, now: () => new Date(now), backOff: () => Promise.resolve() }, entries);

describe('closing a day', () => {
  test('signs where the chains end and what all accounts came to', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n), givenEntry(2, 1, start, 50n, 'JPY')], start);
    const root = await closeDay(closingOf(fake), firstDay);
    expect(root).toMatchObject({ day: firstDay, previousDay: beforeAllDays, previousHash: genesisHash });
    expect(root.chains).toHaveLength(journalChains);
    expect(sameTotals(root.totals, totalsOf(fake.entries().flatMap(({ postings }) => postings)))).toBe(true);
    expect(root.hash).toBe(rootHash(root));
    const key = createPublicKey({ key: Buffer.from(root.publicKey), format: 'der', type: 'spki' });
    expect(verify('sha256', Buffer.from(signedText(root)), key, root.signature)).toBe(true);
  });

  test('twice is once, and signs once', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n)], start);
    const closing = closingOf(fake);
    const first = await closeDay(closing, firstDay);
    expect(await closeDay(closing, firstDay)).toEqual(first);
    expect([closing.signed.length, fake.roots.length]).toEqual([1, 1]);
  });

  test('stopped half way, goes on where the chains ended at first', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n)], start);
    const closing = closingOf(fake);
    const dying = { ...closing, signer: { sign: () => Promise.reject(new Error('the key is away')) } };
    await expect(closeDay(dying, firstDay)).rejects.toThrow('the key is away');
    const closedAt = [...fake.heads.values()].map(({ closed }) => closed);
    await book(fake, [givenEntry(1, 2, start + 1, 7n)], midnight + 1000);
    const root = await closeDay(closing, firstDay);
    expect(root.chains).toEqual(closedAt.map((closed) => ({ number: closed?.number, hash: closed?.hash })));
    expect(root.totals[0]?.debit).toBe(100n);
  });

  test('two at once leave one root', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n)], start);
    const [one, other] = await Promise.all([closeDay(closingOf(fake), firstDay), closeDay(closingOf(fake), firstDay)]);
    expect(one).toEqual(other);
    expect(fake.roots).toHaveLength(1);
  });

  test('sends what comes late to the next day, with the time at which it occurred', async () => {
    const fake = fakeJournal();
    await closeDay(closingOf(fake), firstDay);
    const late = givenEntry(1, 1, start, 100n);
    await book(fake, [late], midnight + 1_000_000);
    expect(fake.segments.map(({ day, entries }) => [day, entries[0]?.occurredAt])).toEqual([
      [nextDay, late.occurredAt],
    ]);
  });

  test('closes days with it that nobody closed, and follows on the root before', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n)], start);
    const first = await closeDay(closingOf(fake), firstDay);
    await book(fake, [givenEntry(1, 2, midnight + 5000, 20n)], midnight + 5000);
    const later = await closeDay(closingOf(fake), '2026-11-30');
    expect(later).toMatchObject({ previousDay: firstDay, previousHash: first.hash });
    expect(later.totals[0]?.debit).toBe(120n);
  });

  test('signs nothing when the books are off balance', async () => {
    const fake = fakeJournal();
    await book(fake, [givenEntry(1, 1, start, 100n)], start);
    const [key = ''] = fake.buckets.keys();
    fake.buckets.set(key, totalsOf(fake.entries().flatMap(({ postings }) => postings.slice(1))));
    const closing = closingOf(fake);
    await expect(closeDay(closing, firstDay)).rejects.toThrow('off balance by -100 EUR');
    expect(closing.signed).toEqual([]);
  });

  test('at any moment of any history loses and doubles nothing', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(60), async (history, cut) => {
        const fake = fakeJournal();
        await book(fake, history.slice(0, cut), midnight + 1000);
        await closeDay(closingOf(fake), firstDay);
        await book(fake, history, midnight + 100_000_000);
        expect(idsOf(fake.entries())).toEqual(idsOf(history));
        const closedBy = new Map([...fake.heads].map(([chain, { closed }]) => [chain, closed?.number ?? 0]));
        const afterwards = fake.segments.filter(({ chain, number }) => number > (closedBy.get(chain) ?? 0));
        expect(afterwards.every(({ day }) => day > firstDay)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('waits a quarter of an hour for stragglers', () => {
    expect(dayToClose(new Date('2026-11-26T00:14:59.000Z'), 15)).toBe('2026-11-24');
    expect(dayToClose(new Date('2026-11-26T00:15:00.000Z'), 15)).toBe('2026-11-25');
  });
});
