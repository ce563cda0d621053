import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Rounding } from '../../../core/money/rounding.ts';
import { divide } from '../../../core/money/rounding.ts';

const modes = ['halfEven', 'halfUp', 'down', 'up'] as const;
const ratio = fc.tuple(
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).filter((denominator) => denominator !== 0n),
);
const absolute = (value: bigint) => (value < 0n ? -value : value);

describe('a quotient is rounded as its mode says', () => {
  const table: readonly (readonly [string, bigint, bigint, Readonly<Record<Rounding, bigint>>])[] = [
    ['2.5', 5n, 2n, { halfEven: 2n, halfUp: 3n, down: 2n, up: 3n }],
    ['3.5', 7n, 2n, { halfEven: 4n, halfUp: 4n, down: 3n, up: 4n }],
    ['-2.5', -5n, 2n, { halfEven: -2n, halfUp: -3n, down: -2n, up: -3n }],
    ['-2.5 by a negative divisor', 5n, -2n, { halfEven: -2n, halfUp: -3n, down: -2n, up: -3n }],
    ['2.4', 12n, 5n, { halfEven: 2n, halfUp: 2n, down: 2n, up: 3n }],
    ['2.6', 13n, 5n, { halfEven: 3n, halfUp: 3n, down: 2n, up: 3n }],
    ['-0.5', -1n, 2n, { halfEven: 0n, halfUp: -1n, down: 0n, up: -1n }],
    ['3', 6n, 2n, { halfEven: 3n, halfUp: 3n, down: 3n, up: 3n }],
    ['0', 0n, -7n, { halfEven: 0n, halfUp: 0n, down: 0n, up: 0n }],
  ];
  test.each(table)('%s', (_name, numerator, denominator, expected) => {
    expect(Object.fromEntries(modes.map((mode) => [mode, divide(numerator, denominator, mode)]))).toEqual(expected);
  });

  test('and never by zero', () => {
    expect(() => divide(1n, 0n, 'down')).toThrow(RangeError);
  });
});

describe('whatever is divided', () => {
  test('the result is less than one away from the exact quotient, and with a half mode at most half', () => {
    fc.assert(
      fc.property(ratio, fc.constantFrom(...modes), ([numerator, denominator], mode) => {
        const error = absolute(divide(numerator, denominator, mode) * denominator - numerator);
        if (mode.startsWith('half')) expect(error * 2n <= absolute(denominator)).toBe(true);
        else expect(error < absolute(denominator)).toBe(true);
      }),
    );
  });

  test('its opposite rounds to the opposite', () => {
    fc.assert(
      fc.property(ratio, fc.constantFrom(...modes), ([numerator, denominator], mode) => {
        expect(divide(-numerator, denominator, mode)).toBe(-divide(numerator, denominator, mode));
      }),
    );
  });

  test('what has no remainder is not touched by any mode', () => {
    fc.assert(
      fc.property(ratio, fc.constantFrom(...modes), ([whole, denominator], mode) => {
        expect(divide(whole * denominator, denominator, mode)).toBe(whole);
      }),
    );
  });
});
