/**
 * How a quotient that is no whole number becomes one. `halfEven` takes the nearer, of two equally near the even one;
 * `halfUp` the nearer, of two equally near the one away from zero; `down` goes towards zero, `up` away from it.
 */
export type Rounding = 'halfEven' | 'halfUp' | 'down' | 'up';

/** The whole number that `numerator / denominator` rounds to. Throws a RangeError when the denominator is zero. */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator === 0n) throw new RangeError('Nothing can be divided by zero');
  const isNegative = numerator < 0n !== denominator < 0n;
  const [dividend, divisor] = [magnitude(numerator), magnitude(denominator)];
  const quotient = dividend / divisor;
  const rounded = quotient + (goesAway(quotient, dividend % divisor, divisor, rounding) ? 1n : 0n);
  return isNegative ? -rounded : rounded;
}

/** Whether the magnitude is rounded up. Everything here is positive. */
function goesAway(quotient: bigint, remainder: bigint, divisor: bigint, rounding: Rounding): boolean {
  const twice = remainder * 2n;
  switch (rounding) {
    case 'halfEven':
      return twice > divisor || (twice === divisor && quotient % 2n === 1n);
    case 'halfUp':
      return twice >= divisor;
    case 'down':
      return false;
    case 'up':
      return remainder > 0n;
  }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
