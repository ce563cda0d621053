import { currencyExponent } from '../../../core/money/currencies.ts';

/**
 * Writes an amount in minor units as a decimal string in major units with exactly the currency's decimals:
 * 1250 EUR is `12.50`, 1250 JPY is `1250`, 5 KWD is `0.005`. Throws a RangeError unless the amount is positive.
 */
export function toMajorUnits(amount: bigint, currency: string): string {
  if (amount < 1n) throw new RangeError('the amount is not positive');
  const exponent = currencyExponent(currency);
  const digits = amount.toString().padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
