import fc from 'fast-check';
import type { FxQuote } from '../../../core/fx/quote.ts';
import { price } from '../../../core/fx/quote.ts';
import type { Rate } from '../../../core/money/rate.ts';
import { now, platform } from './fakes.ts';

interface Pair {
  readonly from: string;
  readonly to: string;
}

/** Two currencies that differ, with minor units of no, two and three decimals. */
export const currencyPairs: fc.Arbitrary<Pair> = fc
  .shuffledSubarray(['EUR', 'USD', 'JPY', 'KWD'], { minLength: 2, maxLength: 2 })
  .map(([from = '', to = '']) => ({ from, to }));

/** A quote at the rate and the margin. */
export function givenQuote(asked: Pair & { readonly amount: bigint }, rate: Rate, marginBasisPoints: number): FxQuote {
  return {
    id: 'fxq_00000000000000000000000001',
    ownerId: platform.id,
    ...asked,
    lock: '1h',
    ...price(asked, rate, marginBasisPoints),
    rateDate: '2026-11-25',
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 3_600_000).toISOString(),
    version: 1,
  };
}

/** Quotes of any amount, rate and margin. */
export const convertedPayments = fc
  .record({
    amount: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    numerator: fc.bigInt({ min: 1n, max: 10n ** 6n }),
    denominator: fc.bigInt({ min: 1n, max: 10n ** 6n }),
    margin: fc.integer({ min: 0, max: 1_000 }),
  })
  .map(({ amount, numerator, denominator, margin }) => ({
    quoteOf: (pair: Pair) => givenQuote({ ...pair, amount }, { numerator, denominator }, margin),
  }));
