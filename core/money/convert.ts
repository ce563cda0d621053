import { currencyExponent } from './currencies.ts';
import type { Rate } from './rate.ts';
import type { Rounding } from './rounding.ts';
import { divide } from './rounding.ts';

/**
 * An amount of one currency in another. `rate` is what one major unit of `from` is worth in major units of `to`; the
 * exponents of ISO 4217 are taken into account, and the result is rounded once, at the end, as the caller says.
 *
 * Our own for the same reason as allocate: dinero.js converts into ever finer scales and rounds in a second call, which
 * can be forgotten; big.js and decimal.js know neither currencies nor exact ratios, and a cross rate has no last decimal.
 *
 * In and out: minor units. Throws a RangeError for an unknown currency.
 */
export function convert(amount: bigint, from: string, to: string, rate: Rate, rounding: Rounding): bigint {
  return divide(
    amount * rate.numerator * 10n ** BigInt(currencyExponent(to)),
    rate.denominator * 10n ** BigInt(currencyExponent(from)),
    rounding,
  );
}
