import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crossRate } from '../../../core/fx/day-rates.ts';
import { RatesRefused, RateSourceUnavailable, RatesStale } from '../../../core/fx/ports.ts';
import { price } from '../../../core/fx/quote.ts';
import { refreshRates } from '../../../core/fx/refresh-rates.ts';
import { parseRate } from '../../../core/money/rate.ts';
import { daysLater, fakeRateBook, fakeSource, now, ratesOf } from './fakes.ts';

const today = '2026-11-25';
const refresh = (published: Parameters<typeof fakeSource>[0], book = fakeRateBook(), at = now) =>
  refreshRates({ source: fakeSource(published).source, rates: book.book, staleAfterDays: 5 }, at);

describe('rates that are published', () => {
  test('are kept under their day; twice is once, and late is as good as in time', async () => {
    const book = fakeRateBook();
    expect(await refresh(ratesOf(today), book)).toMatchObject({ kind: 'kept' });
    expect(await refresh(ratesOf(today), book)).toMatchObject({ kind: 'known' });
    expect(await refresh(ratesOf(today), book, daysLater(3))).toMatchObject({ kind: 'known' });
    expect(book.days.size).toBe(1);
  });

  test.each([
    ['another number', { USD: '1.26' }],
    ['one more currency', { SEK: '11.2' }],
    ['the same number written otherwise', { USD: '1.250' }],
  ])('again for a kept day with %s are refused, and what is kept stays', async (_what, changes) => {
    const book = fakeRateBook(ratesOf(today));
    await expect(refresh(ratesOf(today, changes), book)).rejects.toThrow(
      new RatesRefused('The source has other rates for 2026-11-25 than those that we keep.'),
    );
    expect(book.days.get(today)).toEqual(ratesOf(today));
  });

  test.each([
    ['no day', ratesOf('25.11.2026'), '"25.11.2026" is not a day'],
    ['a day that does not exist', ratesOf('2026-02-30'), '"2026-02-30" is not a day'],
    ['a day in the future', ratesOf('2026-11-27'), '2026-11-27 is in the future'],
    ['no rates', { date: today, perEuro: {} }, 'it has no rate of a currency'],
    ['rates of nobody', { date: today, perEuro: { XYZ: '1' } }, 'it has no rate of a currency'],
    ['the euro', ratesOf(today, { EUR: '1' }), 'it has a rate of the euro against itself'],
    ['a rate of zero', ratesOf(today, { USD: '0.000' }), 'the rate of USD is not a positive decimal'],
    ['a rate in words', ratesOf(today, { USD: 'N/A' }), 'the rate of USD is not a positive decimal'],
    ['a rate with an exponent', ratesOf(today, { USD: '1e3' }), 'the rate of USD is not a positive decimal'],
  ])('with %s are refused', async (_what, published, fault) => {
    const book = fakeRateBook();
    await expect(refresh(published, book)).rejects.toThrow(new RatesRefused(`The rates cannot be used: ${fault}.`));
    expect(book.days.size).toBe(0);
  });

  test('of a day that has begun elsewhere, and of a currency that we do not know, are taken', async () => {
    expect(await refresh(ratesOf('2026-11-26', { XYZ: '3' }))).toMatchObject({ kind: 'kept' });
  });

  test('that are too old wake somebody, since the source stands still', async () => {
    await expect(refresh(ratesOf(today), fakeRateBook(ratesOf(today)), daysLater(6))).rejects.toThrow(RatesStale);
  });

  test('not at all leave what is kept', async () => {
    const book = fakeRateBook(ratesOf('2026-11-24'));
    await expect(refresh(new RateSourceUnavailable('down'), book)).rejects.toThrow(RateSourceUnavailable);
    expect([...book.days.keys()]).toEqual(['2026-11-24']);
  });
});

const digits = fc.bigInt({ min: 1n, max: 10n ** 9n }).map((units) => {
  const text = units.toString().padStart(6, '0');
  return `${text.slice(0, -5)}.${text.slice(-5)}`;
});

describe('a cross rate', () => {
  test('there and back is exactly one, and over a third currency the same', () => {
    fc.assert(
      fc.property(digits, digits, digits, (USD, GBP, JPY) => {
        const day = { date: today, perEuro: { USD, GBP, JPY } };
        const ratio = (from: string, to: string) => crossRate(day, from, to) ?? { numerator: 0n, denominator: 1n };
        const [there, back] = [ratio('USD', 'GBP'), ratio('GBP', 'USD')];
        expect(there.numerator * back.numerator).toBe(there.denominator * back.denominator);
        const [a, b, direct] = [ratio('USD', 'JPY'), ratio('JPY', 'GBP'), ratio('USD', 'GBP')];
        expect(a.numerator * b.numerator * direct.denominator).toBe(direct.numerator * a.denominator * b.denominator);
      }),
    );
  });
});

describe('whatever is priced', () => {
  test('converts within a minor unit and a half of the exact reference less the margin, and never above the reference', () => {
    fc.assert(
      fc.property(
        digits,
        digits,
        fc.bigInt({ min: 1n, max: 10n ** 10n }),
        fc.integer({ min: 0, max: 9_999 }),
        (a, b, amount, margin) => {
          const reference = { numerator: parseRate(a).numerator, denominator: parseRate(b).numerator };
          const priced = price({ from: 'USD', to: 'GBP', amount }, reference, margin);
          const exact = amount * reference.numerator * BigInt(10_000 - margin);
          const unit = reference.denominator * 10_000n;
          const error = priced.convertedAmount * unit - exact;
          // 13 significant digits: of amounts up to 10^12 less than a tenth of a unit is lost before the one rounding.
          if (exact / unit < 10n ** 12n) expect((error < 0n ? -error : error) * 10n <= 6n * unit).toBe(true);
          expect(priced.feeRate).toBe(String(margin / 10_000));
        },
      ),
    );
  });
});
