import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bookEntries } from '../../../../core/ledger/journal/book-entries.ts';
import type { JournalEntry } from '../../../../core/ledger/journal/entry.ts';
import { chainOf, decodeEntries, encodeEntry, journalChains } from '../../../../core/ledger/journal/entry.ts';
import type { ChainHead } from '../../../../core/ledger/journal/segment.ts';
import { genesisHash, mostEntries, segmentHash } from '../../../../core/ledger/journal/segment.ts';
import { imbalances, sameTotals, totalsOf } from '../../../../core/ledger/journal/totals.ts';
import type { FakeJournal } from './fake-journal.ts';
import { fakeJournal, idsOf } from './fake-journal.ts';
import { givenEntry, histories, start } from './entries.ts';

const minute = 60_000;

function booksOf(fake: FakeJournal, now: () => number) {
  return {
    journal: fake.store,
    now: () => new Date(now()),
    backOff: () => Promise.resolve(),
  };
}

async function book(fake: FakeJournal, entries: readonly JournalEntry[], now: number): Promise<number> {
  return (
    await bookEntries(
      booksOf(fake, () => now),
      entries,
    )
  ).booked;
}

/** Every chain is numbered without gaps, linked by hash, in order of time, and its buckets are what it holds. */
function expectSoundChains({ segments, heads, buckets }: FakeJournal): void {
  for (let chain = 0; chain < journalChains; chain += 1) {
    const links = segments.filter((segment) => segment.chain === chain);
    links.forEach((link, index) => {
      const before = links[index - 1];
      expect([link.number, link.previousHash, link.hash]).toEqual([
        index + 1,
        before?.hash ?? genesisHash,
        segmentHash(link),
      ]);
      expect(link.entries.length).toBeLessThanOrEqual(mostEntries);
      expect(link.bookedAt >= (before?.bookedAt ?? '')).toBe(true);
      expect(
        link.entries.every(({ occurredAt, objectId }) => occurredAt <= link.bookedAt && chainOf(objectId) === chain),
      ).toBe(true);
    });
    expect(heads.get(chain)?.number ?? 0).toBe(links.length);
    for (const [day, ofDay] of Map.groupBy(links, (link) => link.day)) {
      const sum = totalsOf(ofDay.flatMap(({ entries }) => entries).flatMap(({ postings }) => postings));
      expect(sameTotals(buckets.get(`${chain} ${day}`) ?? [], sum)).toBe(true);
      expect(imbalances(sum).size).toBe(0);
    }
  }
}

/** A stream as Lambda delivers it: batches that begin again anywhere before where they had come to, longer or shorter. */
const deliveries = fc.array(fc.record({ back: fc.nat(12), length: fc.integer({ min: 1, max: 25 }) }), {
  maxLength: 40,
});

describe('booking entries', () => {
  test('books each entry once, however batches are repeated, cut otherwise or begun again further back', async () => {
    await fc.assert(
      fc.asyncProperty(histories, deliveries, fc.nat(30 * minute), async (history, cuts, lag) => {
        const fake = fakeJournal();
        let reached = 0;
        const times = [...cuts, { back: history.length, length: history.length }, { back: 0, length: history.length }];
        for (const { back, length } of times) {
          const from = Math.max(0, reached - back);
          const batch = history.slice(from, from + length);
          const last = batch.at(-1);
          if (!last) continue;
          await book(fake, batch, Date.parse(last.occurredAt) + lag);
          reached = Math.max(reached, from + batch.length);
        }
        expect(idsOf(fake.entries())).toEqual(idsOf(history));
        expectSoundChains(fake);
      }),
      { numRuns: 300 },
    );
  });

  test('books each entry once when every batch comes three times, shuffled, from several shards at once', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.scheduler(), fc.integer({ min: 1, max: 9 }), async (history, scheduler, size) => {
        const fake = fakeJournal();
        const slow = { ...fake.store, append: scheduler.scheduleFunction(fake.store.append.bind(fake.store)) };
        const books = { ...booksOf(fake, () => start + 5 * 3_600_000), journal: slow };
        const batches = Array.from({ length: Math.ceil(history.length / size) }, (_, index) =>
          history.slice(index * size, (index + 1) * size),
        );
        const all = Promise.all(
          [...batches, ...batches.toReversed(), ...batches].map((batch) => bookEntries(books, batch)),
        );
        await scheduler.waitFor(all);
        expect(idsOf(fake.entries())).toEqual(idsOf(history));
        expectSoundChains(fake);
      }),
      { numRuns: 100 },
    );
  });

  test('begins again when a chain moved between reading and writing', async () => {
    const fake = fakeJournal();
    const entry = givenEntry(1, 1, start, 100n);
    const other = givenEntry(1, 2, start + 1, 200n);
    let calls = 0;
    const journal = {
      ...fake.store,
      append: async (head: ChainHead, ...rest: [Parameters<typeof fake.store.append>[1], readonly string[]]) => {
        calls += 1;
        if (calls === 1) await book(fake, [other, entry], start + 10);
        return fake.store.append(head, ...rest);
      },
    };
    expect(await bookEntries({ ...booksOf(fake, () => start + 10), journal }, [entry, other])).toEqual({ booked: 0 });
    expect(idsOf(fake.entries())).toEqual(idsOf([entry, other]));
  });

  test('gives up when a chain never stands still', async () => {
    const fake = fakeJournal();
    const journal = { ...fake.store, append: () => Promise.resolve('moved' as const) };
    await expect(
      bookEntries({ ...booksOf(fake, () => start), journal }, [givenEntry(1, 1, start, 1n)]),
    ).rejects.toThrow('kept moving');
  });

  test('refuses an entry that does not balance, and books nothing of its batch', async () => {
    const fake = fakeJournal();
    const sound = givenEntry(1, 1, start, 100n);
    const lame = { ...givenEntry(2, 1, start, 100n), postings: sound.postings.slice(1) };
    await expect(book(fake, [sound, lame], start)).rejects.toThrow('off balance');
    expect(fake.entries()).toEqual([]);
  });

  test('reads nothing again when all that comes is younger than the last segment', async () => {
    const fake = fakeJournal();
    for (let turn = 0; turn < 100; turn += 1) {
      const at = start + turn * minute;
      await book(fake, [givenEntry(1, turn, at, 5n)], at + 1000);
    }
    expect(fake.segmentsRead).toBe(0);
    expect(fake.late.size).toBe(0);
  });

  test('marks what is a quarter of an hour late, and finds it by its mark or among its time', async () => {
    const fake = fakeJournal();
    for (let turn = 0; turn < 500; turn += 1) {
      const at = start + turn * minute;
      await book(fake, [givenEntry(1, turn, at, 5n)], at);
    }
    const late = givenEntry(1, 1000, start + 7 * minute, 9n);
    expect(await book(fake, [late], start + 501 * minute)).toBe(1);
    expect(fake.late.size).toBe(1);
    fake.segmentsRead = 0;
    expect(await book(fake, [late, givenEntry(1, 7, start + 7 * minute, 5n)], start + 502 * minute)).toBe(0);
    // Of five hundred segments those of a quarter of an hour are read.
    expect(fake.segmentsRead).toBeLessThan(25);
  });

  test('puts up to 50 entries into a segment, and each day into segments of its own', async () => {
    const fake = fakeJournal();
    const midnight = Date.parse('2026-11-26T00:00:00.000Z');
    const entries = Array.from({ length: 120 }, (_, index) => givenEntry(1, index, midnight - 60 + index, 1n));
    expect(await book(fake, entries, midnight + 500)).toBe(120);
    expect(fake.segments.map(({ day, entries: held }) => [day, held.length])).toEqual([
      ['2026-11-25', 50],
      ['2026-11-25', 10],
      ['2026-11-26', 50],
      ['2026-11-26', 10],
    ]);
  });
});

describe('an entry', () => {
  test('reads back from the form in which it is hashed', () => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(decodeEntries(JSON.stringify(history.map(encodeEntry)))).toEqual(history);
      }),
    );
  });

  test('of an object goes to one chain, and all chains get some', () => {
    const chains = Array.from({ length: 200 }, (_, index) => chainOf(givenEntry(index, 1, start, 1n).objectId));
    expect(new Set(chains).size).toBe(journalChains);
  });
});
