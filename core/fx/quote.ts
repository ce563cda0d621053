import { convert } from '../money/convert.ts';
import type { Rate } from '../money/rate.ts';
import { formatRate, multiplyRates, parseRate } from '../money/rate.ts';
import type { Lock } from './settings.ts';
import { lockSeconds } from './settings.ts';

/** A rate promised for an amount until a time. It never changes. Amounts are minor units, rates plain decimals. */
export interface FxQuote {
  readonly id: string;
  readonly ownerId: string;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly lock: Lock;
  /** What the reference rates give for one unit of `from`. */
  readonly baseRate: string;
  /** The part of it that is kept back: 0.01 is one percent. */
  readonly feeRate: string;
  /** What is promised for one unit of `from`: the base rate less that part. */
  readonly rate: string;
  readonly convertedAmount: bigint;
  /** The day of the reference rates. */
  readonly rateDate: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly version: number;
}

/** Digits of a rate that are shown and reckoned with: an amount of 10^12 stays exact to the minor unit. */
const significantDigits = 13;
const wholeInBasisPoints = 10_000n;

/** The prices of a quote. */
export type Pricing = Pick<FxQuote, 'baseRate' | 'feeRate' | 'rate' | 'convertedAmount'>;

/**
 * Prices a conversion by the exact reference rate and a margin.
 *
 * The promised rate is computed exactly and rounded once (half even), and the amount is converted by that very decimal,
 * so that anybody can check the result by what the quote shows. The amount is rounded half up, as Regulation (EC) No
 * 1103/97, article 5, has it for sums converted from and into euros.
 */
export function price(
  conversion: { readonly from: string; readonly to: string; readonly amount: bigint },
  reference: Rate,
  marginBasisPoints: number,
): Pricing {
  const kept: Rate = { numerator: wholeInBasisPoints - BigInt(marginBasisPoints), denominator: wholeInBasisPoints };
  const rate = formatRate(multiplyRates(reference, kept), significantDigits, 'halfEven');
  const { amount, from, to } = conversion;
  return {
    baseRate: formatRate(reference, significantDigits, 'halfEven'),
    feeRate: formatBasisPoints(marginBasisPoints),
    rate,
    convertedAmount: convert(amount, from, to, parseRate(rate), 'halfUp'),
  };
}

/** Basis points as a plain decimal: 125 is 0.0125. */
function formatBasisPoints(points: number): string {
  return `0.${String(points).padStart(4, '0')}`.replace(/\.?0+$/u, '');
}

/** When a promise that is made now ends. */
export function expiryOf(lock: Lock, now: Date): Date {
  return new Date(now.getTime() + lockSeconds[lock] * 1_000);
}
