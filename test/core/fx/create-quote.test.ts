import { describe, expect, test } from '@jest/globals';
import type { CreateQuoteRequest } from '../../../core/fx/create-quote.ts';
import { createQuote } from '../../../core/fx/create-quote.ts';
import type { DayRates } from '../../../core/fx/day-rates.ts';
import { RatesRefused, RateSourceUnavailable } from '../../../core/fx/ports.ts';
import { takeQuote } from '../../../core/fx/take-quote.ts';
import { daysLater, fakeQuoteStore, fakeRateBook, fakeSource, now, platform, ratesOf, settings } from './fakes.ts';

const today = '2026-11-25';

function given({
  kept = [ratesOf(today)],
  published = new RateSourceUnavailable('down'),
}: { kept?: readonly DayRates[]; published?: DayRates | Error } = {}) {
  const { source, asked } = fakeSource(published);
  const { book, days } = fakeRateBook(...kept);
  const { store, quotes } = fakeQuoteStore();
  return { dependencies: { quotes: store, rates: book, source, settings }, asked, days, quotes };
}

function request(changes: Partial<CreateQuoteRequest> = {}): CreateQuoteRequest {
  return {
    principal: platform,
    idempotencyKey: 'key',
    from: 'EUR',
    to: 'USD',
    amount: 10_000n,
    lock: '1h',
    ...changes,
  };
}

describe('a quote', () => {
  test('promises the reference rate less the margin of its pair and lock window, until the window ends', async () => {
    const { dependencies } = given();
    const made = await createQuote(dependencies, request(), now);
    expect(made).toMatchObject({
      kind: 'created',
      replayed: false,
      quote: {
        ownerId: platform.id,
        baseRate: '1.25',
        feeRate: '0.0025',
        rate: '1.246875',
        convertedAmount: 12_469n,
        rateDate: today,
        createdAt: now.toISOString(),
        expiresAt: '2026-11-25T19:00:00.000Z',
      },
    });
  });

  test.each([
    ['5m', '2026-11-25T18:05:00.000Z', '1.25', '0'],
    ['24h', '2026-11-26T18:00:00.000Z', '1.24375', '0.005'],
  ] as const)('with lock %s ends at %s', async (lock, expiresAt, rate, feeRate) => {
    const { dependencies } = given();
    expect(await createQuote(dependencies, request({ lock }), now)).toMatchObject({
      quote: { expiresAt, rate, feeRate },
    });
  });

  test('without a margin for its pair has the usual one, and one direction says nothing of the other', async () => {
    const { dependencies } = given();
    const back = await createQuote(dependencies, request({ from: 'USD', to: 'EUR' }), now);
    expect(back).toMatchObject({
      quote: { baseRate: '0.8', feeRate: '0.0125', rate: '0.79', convertedAmount: 7_900n },
    });
  });

  test('over the euro takes the exact ratio of both rates', async () => {
    const { dependencies } = given();
    const cross = await createQuote(dependencies, request({ from: 'GBP', to: 'JPY', amount: 3_33n, lock: '5m' }), now);
    expect(cross).toMatchObject({ quote: { baseRate: '200', rate: '198', convertedAmount: 659n } });
    const small = { idempotencyKey: 'small', from: 'IDR', to: 'GBP', amount: 10_000_000n };
    expect(await createQuote(dependencies, request(small), now)).toMatchObject({
      quote: { baseRate: '0.00004594374188806', rate: '0.00004536944511446', convertedAmount: 454n },
    });
  });

  test.each([
    ['a currency with itself', { to: 'EUR' }, 'sameCurrency'],
    ['a currency that the rates do not have', { to: 'KWD' }, 'pairUnknown'],
    ['a name that objects have anyway', { to: 'constructor' }, 'pairUnknown'],
    ['an amount that becomes nothing', { from: 'IDR', to: 'EUR', amount: 1n }, 'amountOutOfRange'],
    ['an amount that becomes more than a payment can be', { to: 'IDR', amount: 10n ** 12n }, 'amountOutOfRange'],
  ])('of %s is refused, and nothing is written', async (_what, changes, kind) => {
    const { dependencies, quotes } = given();
    expect(await createQuote(dependencies, request(changes), now)).toMatchObject({ kind });
    expect(quotes.size).toBe(0);
  });
});

describe('the same key', () => {
  test('answers the same quote, whatever the rates are by then', async () => {
    const { dependencies } = given();
    const first = await createQuote(dependencies, request(), now);
    const later = { ...dependencies, rates: fakeRateBook().book };
    expect(await createQuote(later, request(), daysLater(30))).toEqual({ ...first, replayed: true });
  });

  test.each([[{ amount: 1n }], [{ to: 'GBP' }], [{ from: 'USD', to: 'EUR' }], [{ lock: '24h' as const }]])(
    'with another request (%p) is refused',
    async (changes) => {
      const { dependencies } = given();
      await createQuote(dependencies, request(), now);
      expect(await createQuote(dependencies, request(changes), now)).toEqual({ kind: 'keyReused' });
    },
  );

  test('of somebody else is another quote', async () => {
    const { dependencies, quotes } = given();
    await createQuote(dependencies, request(), now);
    await createQuote(dependencies, request({ principal: { ...platform, id: 'other' } }), now);
    expect(quotes.size).toBe(2);
  });

  test('sent twice at once is one quote', async () => {
    const { dependencies, quotes } = given();
    const blind = { ...dependencies.quotes, find: () => Promise.resolve(undefined) };
    const first = await createQuote({ ...dependencies, quotes: blind }, request(), now);
    const second = await createQuote({ ...dependencies, quotes: blind }, request(), daysLater(0.001));
    expect(second).toEqual({ ...first, replayed: true });
    expect(quotes.size).toBe(1);
  });
});

describe('the rates of a quote', () => {
  test('are the newest that are kept; the source is left alone', async () => {
    const { dependencies, asked } = given({ kept: [ratesOf(today), ratesOf('2026-11-24', { USD: '9' })] });
    expect(await createQuote(dependencies, request(), now)).toMatchObject({
      quote: { rateDate: today, baseRate: '1.25' },
    });
    expect(asked).toEqual([]);
  });

  test('are fetched and kept when there are none yet', async () => {
    const { dependencies, days } = given({ kept: [], published: ratesOf(today) });
    expect(await createQuote(dependencies, request(), now)).toMatchObject({ quote: { rateDate: today } });
    expect([...days.keys()]).toEqual([today]);
  });

  test.each([
    [5, 'created', 0],
    [6, 'ratesUnavailable', 1],
  ])('%i days old: %s', async (days, kind, asked) => {
    const world = given();
    expect(await createQuote(world.dependencies, request(), daysLater(days))).toMatchObject({ kind });
    expect(world.asked).toHaveLength(asked);
  });

  test.each([
    ['is down', new RateSourceUnavailable('down'), 'down'],
    ['is broken', new RatesRefused('broken'), 'broken'],
    ['stands still', ratesOf(today), "The source's latest rates are of 2026-11-25."],
    [
      'is odd',
      ratesOf('2026-12-05', { USD: '-1' }),
      'The rates cannot be used: the rate of USD is not a positive decimal.',
    ],
  ])('are refused when they are too old and the source %s', async (_what, published, why) => {
    const { dependencies } = given({ published });
    const refused = await createQuote(dependencies, request(), daysLater(10));
    expect(refused).toMatchObject({ kind: 'ratesUnavailable', why: { message: why } });
  });

  test('whose store fails are no reason to say that there are none', async () => {
    const { dependencies } = given({ kept: [] });
    const broken = { ...dependencies.rates, newest: () => Promise.reject(new Error('throttled')) };
    await expect(createQuote({ ...dependencies, rates: broken }, request(), now)).rejects.toThrow('throttled');
  });
});

describe('a quote that is to be used', () => {
  async function givenQuote() {
    const { dependencies } = given();
    const made = await createQuote(dependencies, request({ lock: '5m' }), now);
    if (made.kind !== 'created') throw new Error(made.kind);
    const take = (at: Date, principal = platform, quoteId = made.quote.id) =>
      takeQuote(dependencies, { quoteId, principal }, at);
    return { quote: made.quote, take };
  }

  test('is taken by its owner while its time is not over', async () => {
    const { quote, take } = await givenQuote();
    expect(await take(now)).toEqual({ kind: 'taken', quote });
    expect(await take(new Date(now.getTime() + 299_999))).toEqual({ kind: 'taken', quote });
  });

  test('is refused from the moment on at which it expires', async () => {
    const { quote, take } = await givenQuote();
    expect(await take(new Date(now.getTime() + 300_000))).toEqual({ kind: 'quoteExpired', expiredAt: quote.expiresAt });
  });

  test('is unknown to a stranger, expired or not, as one is that does not exist', async () => {
    const { take } = await givenQuote();
    const stranger = { ...platform, id: 'stranger' };
    expect(await take(now, stranger)).toEqual({ kind: 'quoteUnknown' });
    expect(await take(daysLater(1), stranger)).toEqual({ kind: 'quoteUnknown' });
    expect(await take(now, platform, 'fxq_none')).toEqual({ kind: 'quoteUnknown' });
  });
});
