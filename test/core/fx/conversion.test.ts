import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conversionBearers, conversionOf, partBetween } from '../../../core/fx/conversion.ts';
import { convertedPayments, currencyPairs, givenQuote } from './random-conversion.ts';
import { settledBetween } from '../../../core/payments/settled-part.ts';

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

describe('a part of a total', () => {
  test('is none of it below zero, and parts that follow each other sum to the total', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { minLength: 1, maxLength: 12 }),
        (total, amounts) => {
          const whole = sum(amounts);
          let before = 0n;
          const parts = amounts.map((amount) => {
            const part = partBetween(total, { before, amount, whole });
            before += amount;
            return part;
          });
          expect(parts.every((part) => part >= 0n)).toBe(true);
          expect(sum(parts)).toBe(total);
        },
      ),
    );
  });

  test('is the half rounded up of what precedes it, so a cent in three parts is the second one', () => {
    const thirds = [0n, 1n, 2n].map((before) => partBetween(1n, { before, amount: 1n, whole: 3n }));
    expect(thirds).toEqual([0n, 1n, 0n]);
  });
});

describe('the conversion of a quote', () => {
  // 100.00 USD at a reference of 0.9 and a margin of 1 %: 90.00 EUR are worth, 89.10 are promised.
  const quote = givenQuote({ from: 'USD', to: 'EUR', amount: 100_00n }, { numerator: 9n, denominator: 10n }, 100);

  test.each([
    ['buyer', { rate: '0.891', worth: 90_00n, proceeds: 89_10n, spread: 90n }],
    ['seller', { rate: '0.891', worth: 90_00n, proceeds: 89_10n, spread: 90n }],
    ['platform', { rate: '0.9', worth: 90_00n, proceeds: 90_00n, spread: 0n }],
  ] as const)('where the %s bears it', (borneBy, expected) => {
    expect(conversionOf(quote, borneBy)).toEqual({ quoteId: quote.id, currency: 'EUR', borneBy, ...expected });
  });

  test('keeps no more than a minor unit unexplained, whatever the currencies', () => {
    fc.assert(
      fc.property(currencyPairs, convertedPayments, fc.constantFrom(...conversionBearers), (pair, chance, borneBy) => {
        const { worth, proceeds, spread } = conversionOf(chance.quoteOf(pair), borneBy);
        expect(proceeds <= worth && proceeds >= 0n && spread >= 0n).toBe(true);
        const residue = worth - proceeds - spread;
        expect(residue >= -1n && residue <= 1n).toBe(true);
      }),
    );
  });
});

describe('what a converted payment comes to for its seller', () => {
  test('in any parts is what it comes to in one, with what rounding leaves beside it', () => {
    fc.assert(
      fc.property(
        currencyPairs,
        convertedPayments,
        fc.constantFrom(...conversionBearers),
        fc.integer({ min: 0, max: 10_000 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        (pair, chance, borneBy, commissionBasisPoints, percents) => {
          const quote = chance.quoteOf(pair);
          const conversion = conversionOf(quote, borneBy);
          const terms = { processingFeeBasisPoints: 0, commissionBasisPoints, releaseDays: 0 };
          const payment = { amount: quote.amount, currency: quote.from, terms, conversion };
          const parts = [];
          let before = 0n;
          for (const percent of [...percents, 100]) {
            const left = payment.amount - before;
            const amount = percent === 100 ? left : (left * BigInt(percent)) / 100n;
            parts.push(settledBetween(payment, before, amount));
            before += amount;
          }
          for (const { sellersPart, commission, converted, currency } of parts) {
            expect(currency).toBe(pair.to);
            if (!converted) throw new Error('it is converted');
            expect([sellersPart, commission, converted.worth, converted.spread].every((part) => part >= 0n)).toBe(true);
            expect(sellersPart + commission + converted.spread + converted.residue).toBe(converted.worth);
            expect(converted.residue >= -3n && converted.residue <= 3n).toBe(true);
          }
          const whole = settledBetween(payment, 0n, payment.amount);
          expect(whole.sellersPart + whole.commission).toBe(conversion.proceeds);
          expect(sum(parts.map(({ sellersPart }) => sellersPart))).toBe(whole.sellersPart);
          expect(sum(parts.map(({ commission }) => commission))).toBe(whole.commission);
          const residues = sum(parts.map(({ converted }) => converted?.residue ?? 0n));
          expect(residues).toBe(conversion.worth - conversion.proceeds - conversion.spread);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    // 15 % of 89.10, of 90.00, and of 90.00.
    ['buyer', 13_37n, 75_73n],
    ['seller', 13_50n, 75_60n],
    ['platform', 13_50n, 76_50n],
  ] as const)('where the %s bears the conversion', (borneBy, commission, sellersPart) => {
    const quote = givenQuote({ from: 'USD', to: 'EUR', amount: 100_00n }, { numerator: 9n, denominator: 10n }, 100);
    const terms = { processingFeeBasisPoints: 300, commissionBasisPoints: 1500, releaseDays: 7 };
    const payment = { amount: 100_00n, currency: 'USD', terms, conversion: conversionOf(quote, borneBy) };
    expect(settledBetween(payment, 0n, 100_00n)).toMatchObject({ commission, sellersPart });
  });

  test('is nothing for the seller where the margin leaves less than the commission, and never below', () => {
    const quote = givenQuote({ from: 'USD', to: 'EUR', amount: 100_00n }, { numerator: 9n, denominator: 10n }, 9_000);
    const terms = { processingFeeBasisPoints: 0, commissionBasisPoints: 5_000, releaseDays: 0 };
    const payment = { amount: 100_00n, currency: 'USD', terms, conversion: conversionOf(quote, 'seller') };
    expect(settledBetween(payment, 0n, 100_00n)).toMatchObject({ commission: 9_00n, sellersPart: 0n });
  });
});
