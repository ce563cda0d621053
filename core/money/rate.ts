import type { Rounding } from './rounding.ts';
import { divide } from './rounding.ts';

/**
 * A positive rate as an exact ratio: no step between a published decimal and a converted amount goes through a float, and
 * a cross rate (one rate over another) loses nothing until somebody rounds it by name.
 */
export interface Rate {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** At most 30 digits on either side: bounds what one multiplication costs, far above what anybody publishes. */
const decimal = /^(?<whole>\d{1,30})(?:\.(?<fraction>\d{1,30}))?$/u;

/** Whether the text is a plain positive decimal such as `1.0845`, without sign or exponent. */
export function isRate(text: string): boolean {
  return decimal.test(text) && /[1-9]/u.test(text);
}

/** The rate that a plain positive decimal stands for. Throws a RangeError for any other text. */
export function parseRate(text: string): Rate {
  const { whole = '', fraction = '' } = decimal.exec(text)?.groups ?? {};
  if (!isRate(text)) throw new RangeError(`"${text}" is not a positive decimal`);
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) };
}

export function multiplyRates(a: Rate, b: Rate): Rate {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** What one gets for a rate the other way round. */
export function invertRate({ numerator, denominator }: Rate): Rate {
  return { numerator: denominator, denominator: numerator };
}

/** The rate as a plain decimal with that many significant digits; zeros at its end are left out. */
export function formatRate(rate: Rate, significantDigits: number, rounding: Rounding): string {
  const decimals = BigInt(significantDigits) - magnitudeOf(rate);
  const scaled = scaleBy(rate, decimals);
  const digits = divide(scaled.numerator, scaled.denominator, rounding);
  if (decimals <= 0n) return (digits * 10n ** -decimals).toString();
  const text = digits.toString().padStart(Number(decimals) + 1, '0');
  const point = text.length - Number(decimals);
  return `${text.slice(0, point)}.${text.slice(point)}`.replace(/\.?0+$/u, '');
}

/** How many digits stand before the point; 0 for 0.5, -1 for 0.05. */
function magnitudeOf({ numerator, denominator }: Rate): bigint {
  const guess = BigInt(numerator.toString().length - denominator.toString().length);
  const atGuess = scaleBy({ numerator, denominator }, -guess);
  return atGuess.numerator >= atGuess.denominator ? guess + 1n : guess;
}

function scaleBy({ numerator, denominator }: Rate, powerOfTen: bigint): Rate {
  return powerOfTen >= 0n
    ? { numerator: numerator * 10n ** powerOfTen, denominator }
    : { numerator, denominator: denominator * 10n ** -powerOfTen };
}
