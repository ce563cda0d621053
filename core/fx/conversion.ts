import { convert } from '../money/convert.ts';
import { parseRate } from '../money/rate.ts';
import { divide } from '../money/rounding.ts';
import type { FxQuote } from './quote.ts';

/** Who bears what a conversion costs; a stage says it (`conversionBorneBy`), and a payment keeps it. */
export const conversionBearers = ['buyer', 'seller', 'platform'] as const;
export type ConversionBearer = (typeof conversionBearers)[number];

/** How what a buyer pays becomes a seller's money: fixed when the payment is opened. Minor units of `currency`. */
export interface Conversion {
  readonly quoteId: string;
  /** The seller's. */
  readonly currency: string;
  /** The rate that the seller's money follows from: the promised one, or the reference rate where the platform bears. */
  readonly rate: string;
  readonly borneBy: ConversionBearer;
  /** What the payment is worth by the reference rate: what its foreign currency is kept in the books for. */
  readonly worth: bigint;
  /** What the sale comes to, before our commission is taken. */
  readonly proceeds: bigint;
  /** What we keep of the conversion. */
  readonly spread: bigint;
}

/** The conversion that a quote promises. */
export function conversionOf(quote: FxQuote, borneBy: ConversionBearer): Conversion {
  const { id: quoteId, amount, from, to: currency, baseRate, rate, convertedAmount } = quote;
  const reference = parseRate(baseRate);
  const worth = convert(amount, from, currency, reference, 'halfUp');
  if (borneBy === 'platform') return { quoteId, currency, rate: baseRate, borneBy, worth, proceeds: worth, spread: 0n };
  const promised = parseRate(rate);
  const kept = {
    numerator: reference.numerator * promised.denominator - promised.numerator * reference.denominator,
    denominator: reference.denominator * promised.denominator,
  };
  const spread = convert(amount, from, currency, kept, 'halfUp');
  return { quoteId, currency, rate, borneBy, worth, proceeds: convertedAmount, spread };
}

/**
 * What a total comes to between two points of the way from nothing to the whole: both are rounded, and their difference
 * taken. So parts that follow each other sum to the total exactly, the last gets the rest, and none is negative.
 */
export function partBetween(
  total: bigint,
  { before, amount, whole }: { readonly before: bigint; readonly amount: bigint; readonly whole: bigint },
): bigint {
  const upTo = (point: bigint) => divide(total * point, whole, 'halfUp');
  return upTo(before + amount) - upTo(before);
}
