import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convert } from '../../../core/money/convert.ts';
import { currencyExponent } from '../../../core/money/currencies.ts';
import { formatRate, invertRate, isRate, multiplyRates, parseRate } from '../../../core/money/rate.ts';

const rate = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 12n }))
  .map(([numerator, denominator]) => ({ numerator, denominator }));
const currency = fc.constantFrom('JPY', 'EUR', 'USD', 'KWD', 'CLF', 'UYW', 'KRW');
const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });

describe('a rate', () => {
  test.each(['1', '0.5', '1.0845', '000.10', '999999999999999.999999999999999'])('%s is read exactly', (text) => {
    const { numerator, denominator } = parseRate(text);
    const [whole = '', fraction = ''] = text.split('.');
    expect(numerator * 10n ** BigInt(fraction.length)).toBe(BigInt(whole + fraction) * denominator);
  });

  test.each(['', '0', '0.000', '-1', '+1', '1e3', '1.', '.5', '1,5', ' 1', '1 ', '0x1', 'NaN', '1'.repeat(31)])(
    '%j is none',
    (text) => {
      expect(isRate(text)).toBe(false);
      expect(() => parseRate(text)).toThrow(RangeError);
    },
  );

  test.each([
    ['2', '1', 12, '2'],
    ['1', '3', 12, '0.333333333333'],
    ['2', '3', 4, '0.6667'],
    ['1', '1000', 12, '0.001'],
    ['123456789', '1', 4, '123500000'],
    ['99999', '10', 4, '10000'],
    ['99999', '100000', 4, '1'],
    ['25', '1000000', 1, '0.00002'],
    ['1', '99999999', 6, '0.0000000100000'.replace(/0+$/u, '')],
  ])('%s over %s in %i significant digits is %s', (numerator, denominator, digits, expected) => {
    expect(formatRate({ numerator: BigInt(numerator), denominator: BigInt(denominator) }, digits, 'halfEven')).toBe(
      expected,
    );
  });

  test('loses at most half a unit of its last significant digit when it is written down', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 15 }), (exact, digits) => {
        const written = parseExactly(formatRate(exact, digits, 'halfEven'));
        const error = written.numerator * exact.denominator - exact.numerator * written.denominator;
        // |error / exact| <= 5 * 10^-digits
        const relative = (error < 0n ? -error : error) * 10n ** BigInt(digits);
        expect(relative <= 5n * exact.numerator * written.denominator).toBe(true);
      }),
    );
  });

  test('times the opposite rate is one', () => {
    fc.assert(
      fc.property(rate, (each) => {
        const { numerator, denominator } = multiplyRates(each, invertRate(each));
        expect(numerator).toBe(denominator);
      }),
    );
  });
});

/** Any plain decimal, however long. */
function parseExactly(text: string) {
  const [whole = '', fraction = ''] = text.split('.');
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) };
}

describe('a conversion', () => {
  test.each([
    ['EUR', 'USD', 10_000n, '1.0845', 10_845n],
    ['USD', 'JPY', 10_000n, '151.237', 15_124n],
    ['JPY', 'KWD', 15_124n, '0.00203', 30_702n],
    ['KWD', 'CLF', 1_000n, '0.0905', 905n],
    ['JPY', 'JPY', 5n, '1', 5n],
  ])('of %s to %s goes by the exponents of both', (from, to, minorUnits, decimal, expected) => {
    expect(convert(minorUnits, from, to, parseRate(decimal), 'halfUp')).toBe(expected);
  });

  test('rounds once, as it is told', () => {
    const half = parseRate('0.5');
    expect(convert(1n, 'EUR', 'USD', half, 'halfUp')).toBe(1n);
    expect(convert(1n, 'EUR', 'USD', half, 'halfEven')).toBe(0n);
    expect(convert(1n, 'EUR', 'USD', half, 'down')).toBe(0n);
  });

  test('of a currency that is none is refused', () => {
    expect(() => convert(1n, 'EUR', 'DEM', parseRate('1'), 'down')).toThrow('DEM is not an ISO 4217 currency');
  });

  test('there and back, rounded down, never makes money', () => {
    fc.assert(
      fc.property(amount, currency, currency, rate, (minorUnits, from, to, there) => {
        const converted = convert(minorUnits, from, to, there, 'down');
        expect(convert(converted, to, from, invertRate(there), 'down') <= minorUnits).toBe(true);
      }),
    );
  });

  test('is exact to within one minor unit, and a larger amount never gives less', () => {
    fc.assert(
      fc.property(amount, amount, currency, currency, rate, (a, b, from, to, by) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const converted = convert(less, from, to, by, 'down');
        const exact = less * by.numerator * 10n ** BigInt(currencyExponent(to));
        const unit = by.denominator * 10n ** BigInt(currencyExponent(from));
        expect(converted * unit <= exact && exact < (converted + 1n) * unit).toBe(true);
        expect(convert(more, from, to, by, 'down') >= converted).toBe(true);
      }),
    );
  });
});
