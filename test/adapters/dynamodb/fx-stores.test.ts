import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoQuoteStore } from '../../../adapters/dynamodb/quote-store.ts';
import { dynamoRateBook } from '../../../adapters/dynamodb/rate-book.ts';
import type { FxQuote } from '../../../core/fx/quote.ts';
import { dynoxide, fxTable, givenDynamo } from './dynamo-world.ts';
import type { DynamoWorld } from './dynamo-world.ts';

const describeHere = dynoxide === undefined ? describe.skip : describe;

const quote: FxQuote = {
  id: 'fxq_00000000000000000000000001',
  ownerId: 'client-platform',
  from: 'EUR',
  to: 'USD',
  amount: 2n ** 60n,
  lock: '24h',
  baseRate: '1.25',
  feeRate: '0.01',
  rate: '1.2375',
  convertedAmount: 1n,
  rateDate: '2026-11-25',
  createdAt: '2026-11-25T18:00:00.000Z',
  expiresAt: '2026-11-26T18:00:00.000Z',
  version: 1,
};

describeHere('the fx table', () => {
  let dynamo: DynamoWorld;
  beforeAll(async () => {
    dynamo = await givenDynamo([fxTable]);
  });
  afterAll(() => dynamo.close());

  const perEuro = { USD: '1.0912', JPY: '163.410' };

  test('has no rates at first', async () => {
    expect(await dynamoRateBook(dynamo.client, 'fx-table').newest()).toBeUndefined();
  });

  test("keeps a day's rates as they were published, once", async () => {
    const book = dynamoRateBook(dynamo.client, 'fx-table');
    expect(await book.keep({ date: '2026-11-25', perEuro })).toEqual({ kind: 'kept' });
    const other = { date: '2026-11-25', perEuro: { USD: '2' } };
    expect(await book.keep(other)).toEqual({ kind: 'exists', rates: { date: '2026-11-25', perEuro } });
    expect(await book.newest()).toEqual({ date: '2026-11-25', perEuro });
  });

  test('answers the newest day, in whatever order days were kept', async () => {
    const book = dynamoRateBook(dynamo.client, 'fx-table');
    await book.keep({ date: '2026-12-01', perEuro });
    await book.keep({ date: '2026-11-30', perEuro });
    expect(await book.newest()).toMatchObject({ date: '2026-12-01' });
  });

  test('keeps a quote whole, however large its amount, and never a second one under its id', async () => {
    const quotes = dynamoQuoteStore(dynamo.client, 'fx-table');
    expect(await quotes.find(quote.id)).toBeUndefined();
    expect(await quotes.open(quote)).toEqual({ kind: 'opened' });
    expect(await quotes.open({ ...quote, rate: '9' })).toEqual({ kind: 'exists', quote });
    expect(await quotes.find(quote.id)).toEqual(quote);
  });
});
