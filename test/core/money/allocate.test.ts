import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../../core/money/allocate.ts';

const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const weights = fc
  .array(fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: 10n ** 15n })), {
    minLength: 1,
    maxLength: 20,
  })
  .filter((list) => list.some((weight) => weight > 0n));
const sum = (list: readonly bigint[]) => list.reduce((total, each) => total + each, 0n);
const absolute = (value: bigint) => (value < 0n ? -value : value);

describe('an allocation', () => {
  test.each([
    ['equal weights: the earlier get the cents that are left', 100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    ['the largest fraction first, not the largest weight', 10n, [50n, 33n, 17n], [5n, 3n, 2n]],
    ['a weight of zero gets nothing', 101n, [0n, 1n, 0n, 1n], [0n, 51n, 0n, 50n]],
    ['less than one unit each', 1n, [1n, 1n, 1n], [1n, 0n, 0n]],
    ['nothing', 0n, [3n, 4n], [0n, 0n]],
    ['a negative amount like its opposite', -100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    ['one weight takes all', 7n, [9n], [7n]],
  ])('%s', (_rule, whole, by, expected) => {
    expect(allocate(whole, by)).toEqual(expected);
  });

  test.each([
    ['no weights', []],
    ['weights of zero alone', [0n, 0n]],
    ['a negative weight', [1n, -1n, 3n]],
  ])('by %s is refused', (_what, by) => {
    expect(() => allocate(100n, by)).toThrow(RangeError);
  });
});

describe('whatever is allocated', () => {
  test('the parts sum to the amount', () => {
    fc.assert(fc.property(amount, weights, (whole, by) => expect(sum(allocate(whole, by))).toBe(whole)));
  });

  test('no part is a whole unit away from its exact share, and a weight of zero gets nothing', () => {
    fc.assert(
      fc.property(amount, weights, (whole, by) => {
        const total = sum(by);
        allocate(whole, by).forEach((part, index) => {
          const weight = by[index] ?? 0n;
          expect(absolute(part * total - whole * weight) < total).toBe(true);
          if (weight === 0n) expect(part).toBe(0n);
        });
      }),
    );
  });

  test('a larger weight never gets less, and of equal ones the earlier never gets less', () => {
    fc.assert(
      fc.property(amount, weights, (whole, by) => {
        const parts = allocate(absolute(whole), by);
        for (const [earlier, part] of parts.entries()) {
          for (let later = earlier + 1; later < parts.length; later += 1) {
            const [a = 0n, b = 0n] = [by[earlier], by[later]];
            const other = parts[later] ?? 0n;
            if (a >= b) expect(part >= other).toBe(true);
            else expect(part <= other).toBe(true);
          }
        }
      }),
    );
  });

  test('weights that are all multiplied by the same give the same parts', () => {
    fc.assert(
      fc.property(amount, weights, fc.bigInt({ min: 1n, max: 1000n }), (whole, by, factor) => {
        expect(
          allocate(
            whole,
            by.map((weight) => weight * factor),
          ),
        ).toEqual(allocate(whole, by));
      }),
    );
  });
});
