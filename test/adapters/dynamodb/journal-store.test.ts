import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AttributeValue, CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import { backOffWithJitter } from '../../../adapters/dynamodb/back-off.ts';
import { itemDigest } from '../../../adapters/dynamodb/canonical-item.ts';
import { headKey, segmentKey, toSegment, toSegmentItem } from '../../../adapters/dynamodb/journal-item.ts';
import { isJournaled, toJournalEntry } from '../../../adapters/dynamodb/journal-source.ts';
import { dynamoJournalStore } from '../../../adapters/dynamodb/journal-store.ts';
import { dynamoClosingStore, dynamoLedgerReader } from '../../../adapters/dynamodb/ledger-reader.ts';
import { toGiftCardTransitionItem } from '../../../adapters/dynamodb/gift-card-item.ts';
import { giftCardTransition } from '../../../core/gift-cards/transition.ts';
import { bookEntries } from '../../../core/ledger/journal/book-entries.ts';
import { closeDay } from '../../../core/ledger/journal/close-day.ts';
import type { JournalEntry } from '../../../core/ledger/journal/entry.ts';
import { chainOf, entryId, journalChains } from '../../../core/ledger/journal/entry.ts';
import { genesisHash, mostEntries, sealSegment, segmentHash } from '../../../core/ledger/journal/segment.ts';
import { encodeTotals, totalsOf } from '../../../core/ledger/journal/totals.ts';
import { authorizationPostings, capturePostings } from '../../../core/ledger/payment-postings.ts';
import { deriveId } from '../../../core/ids.ts';
import { listAccountEntries } from '../../../core/ledger/list-account-entries.ts';
import { readTrialBalance } from '../../../core/ledger/read-trial-balance.ts';
import { issuedCard, start as issuedAt } from '../../core/gift-cards/fakes.ts';
import { givenEntry, start } from '../../core/ledger/journal/entries.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, givenDynamo } from './dynamo-world.ts';

const ledgerTable: CreateTableCommandInput = {
  TableName: 'ledger',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};
const describeWithServer = dynoxide === undefined ? describe.skip : describe;
const midnight = Date.parse('2026-11-26');

describeWithServer('the journal in DynamoDB', () => {
  let world: DynamoWorld;
  beforeAll(async () => {
    world = await givenDynamo([ledgerTable]);
  });
  afterAll(() => world.close());

  const store = () => dynamoJournalStore(world.client, 'ledger');
  const book = (entries: readonly JournalEntry[], now: number) =>
    bookEntries({ journal: store(), now: () => new Date(now), backOff: backOffWithJitter }, entries);
  const read = async (Key: Record<string, AttributeValue>) =>
    (await world.client.send(new GetItemCommand({ TableName: 'ledger', Key, ConsistentRead: true }))).Item ?? {};

  const entries = Array.from({ length: 120 }, (_, index) =>
    givenEntry(index % 9, index, start + index * 1000, BigInt(index) * 10n ** 17n, index % 2 === 0 ? 'EUR' : 'JPY'),
  );

  test('takes every batch from two writers at once, several times, and books each entry once', async () => {
    const now = start + 200_000;
    const batches = [0, 40, 80, 20].map((from) => entries.slice(from, from + 40));
    const booked = await Promise.all([...batches, ...batches].map((batch) => book(batch, now)));
    expect(booked.reduce((sum, each) => sum + each.booked, 0)).toBe(120);
    const balance = await readTrialBalance(dynamoLedgerReader(world.client, 'ledger'), { kind: 'everything' });
    const expected = encodeTotals(totalsOf(entries.flatMap(({ postings }) => postings)));
    expect(balance.kind === 'balance' && encodeTotals(balance.balance.totals)).toEqual(expected);
  });

  test('keeps segments that read back as they were hashed', async () => {
    const [entry] = entries;
    if (!entry) throw new Error('no entry');
    const segment = toSegment(await read(segmentKey(chainOf(entry.objectId), 1)));
    expect(segment.hash).toBe(segmentHash(segment));
    expect(segment.entries.length).toBeGreaterThan(0);
  });

  test('marks late entries, and knows them again by their marks', async () => {
    const late = givenEntry(1, 5000, start, 7n);
    // Something younger first, so that the late one is looked for.
    await book([givenEntry(1, 5001, start + 3_600_000, 1n)], start + 3_600_000);
    expect(await book([late], start + 3_600_001)).toEqual({ booked: 1 });
    expect(await store().bookedLate(chainOf(late.objectId), [entryId(late), 'pay_x/1'])).toEqual(
      new Set([entryId(late)]),
    );
    expect(await book([late, ...entries], start + 3_600_002)).toEqual({ booked: 0 });
  });

  test('closes a day once, whole chains with nothing in them included, and keeps its root', async () => {
    const signature = Buffer.from('signature');
    const dependencies = {
      closing: dynamoClosingStore(world.client, 'ledger'),
      signer: { sign: () => Promise.resolve({ signature, publicKey: Buffer.from('key') }) },
      now: () => new Date(midnight),
    };
    const [one, other] = await Promise.all([
      closeDay(dependencies, '2026-11-25'),
      closeDay(dependencies, '2026-11-25'),
    ]);
    expect(one.hash).toBe(other.hash);
    expect(one.chains).toHaveLength(journalChains);
    const again = await closeDay(dependencies, '2026-11-25');
    expect({ ...again, signature: Buffer.from(again.signature), publicKey: Buffer.from(again.publicKey) }).toEqual(one);
    await book([givenEntry(1, 6000, start, 7n)], midnight + 5000);
    const late = await readTrialBalance(dynamoLedgerReader(world.client, 'ledger'), { kind: 'day', day: '2026-11-25' });
    expect(late.kind === 'balance' && encodeTotals(late.balance.totals)).toEqual(encodeTotals(one.totals));
    expect((await read(headKey(chainOf(givenEntry(1, 1, 0, 1n).objectId))))['closedThrough']).toEqual({
      S: '2026-11-25',
    });
  });

  test('lists the postings of an account over all segments', async () => {
    const ledger = dynamoLedgerReader(world.client, 'ledger');
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { account: 'seller_deferred', from: '2026-11-25', to: '2026-11-26', limit: 17, cursor } as const;
      const page = await listAccountEntries(ledger, query);
      if (page.kind !== 'page') throw new Error(page.kind);
      found.push(...page.entries.map(({ entry }) => entryId(entry)));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    // The first entry posts nothing; three came with the tests above.
    expect([found.length, new Set(found).size]).toEqual([122, 122]);
  });
});

test('a full segment is small: its transaction costs a quarter of a write unit an entry', () => {
  // Authorizations and captures, as a payment of two calls makes them.
  const full = Array.from({ length: mostEntries }, (_, index) => {
    const id = deriveId('pay_', String(index >> 1));
    const digest = createHash('sha256').update(`${id} ${index}`).digest('base64url');
    const amount = 4200n + BigInt(index);
    const settled = { currency: 'EUR', commission: 630n, sellersPart: amount - 630n };
    const money = { amount, cardAmount: amount, currency: 'EUR', processingFee: 126n, settled };
    const postings =
      index % 2 === 0
        ? authorizationPostings(money.amount, 'EUR')
        : capturePostings({ ...money, sellerId: 'sel_demo' });
    return { ...givenEntry(index, 2 + (index % 2), start + index * 37, 1n), objectId: id, digest, postings };
  });
  const bookedAt = new Date(start).toISOString();
  const content = { chain: 0, number: 1, day: '2026-11-25', bookedAt, previousHash: genesisHash, entries: full };
  const item = toSegmentItem(sealSegment(content));
  const bytes = Object.entries(item).reduce((sum, [name, { S: text = '', B: packed = [] }]) => {
    return sum + name.length + text.length + packed.length;
  }, 0);
  expect(bytes).toBeLessThan(4096);
});

describe('the entry of a transition', () => {
  const unissued = { ...issuedCard(100n), balance: 0n, available: 0n, version: 0 };
  const item = toGiftCardTransitionItem(giftCardTransition(unissued, { step: 'issue' }, { credited: 100n }, issuedAt));

  test('is named by its object and step, and carries its postings and the digest of its item', () => {
    const entry = toJournalEntry(item);
    expect(entry).toMatchObject({ objectId: unissued.id, digest: itemDigest(item) });
    expect(entry.postings.map(({ account, side }) => [account, side])).toEqual([
      ['gift_card_receivable', 'debit'],
      ['gift_card_liability', 'credit'],
    ]);
    expect([isJournaled(item), isJournaled({ ...item, sk: { S: 'card' } })]).toEqual([true, false]);
  });

  test('has the same digest in whatever order the attributes come, and another when anything differs', () => {
    const turned = Object.fromEntries(Object.entries(item).toReversed());
    expect(itemDigest(turned)).toBe(itemDigest(item));
    expect(itemDigest({ ...item, cause: { S: 'another' } })).not.toBe(itemDigest(item));
  });

  test.each([
    ['of an object that nobody knows', { ...item, pk: { S: 'who_1' } }],
    ['without its time', { ...item, occurredAt: { S: 'soon' } }],
    ['with a time in another form', { ...item, occurredAt: { S: '2026-11-25T10:00:00Z' } }],
    ['that is none', { ...item, sk: { S: 'card' } }],
  ])('is refused %s', (_, damaged) => {
    expect(() => toJournalEntry(damaged)).toThrow();
  });
});
