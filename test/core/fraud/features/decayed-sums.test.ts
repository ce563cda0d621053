import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DecayedSums } from '../../../../core/fraud/features/decayed-sums.ts';
import { addTo, noSums, valuesAt } from '../../../../core/fraud/features/decayed-sums.ts';

const halfLives = [0.5, 7, 90];
const scale = { halfLives, daysPerEpoch: 100 };
const start = 20_000;
const contribution = fc.record({
  at: fc.double({ min: start, max: start + 400, noNaN: true }),
  value: fc.double({ min: -1000, max: 1000, noNaN: true }),
});
type Contribution = typeof contribution extends fc.Arbitrary<infer T> ? T : never;

const added = (sums: DecayedSums, all: readonly Contribution[]) =>
  all.reduce((before, { at, value }) => addTo(before, scale, at, [value, value, value]), sums);

function expectClose(found: readonly number[], expected: readonly number[], size: number): void {
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((found[index] ?? NaN) - value)).toBeLessThanOrEqual(1e-9 * (size + 1));
  }
}

describe('sums that forget', () => {
  test('are what each contribution has left of itself, over any number of epochs', () => {
    fc.assert(
      fc.property(fc.array(contribution, { maxLength: 30 }), (all) => {
        const inOrder = all.toSorted((one, other) => one.at - other.at);
        const end = start + 400;
        const expected = halfLives.map((halfLife) =>
          all.reduce((sum, { at, value }) => sum + value * 2 ** (-(end - at) / halfLife), 0),
        );
        const size = all.reduce((sum, { value }) => sum + Math.abs(value), 0);
        expectClose(valuesAt(added(noSums(start, scale), inOrder), scale, end), expected, size);
      }),
    );
  });

  test('come to the same in any order', () => {
    fc.assert(
      fc.property(fc.array(contribution, { maxLength: 20 }), (all) => {
        const size = all.reduce((sum, { value }) => sum + Math.abs(value), 0);
        const [one, other] = [all, all.toReversed()].map((order) =>
          valuesAt(added(noSums(start, scale), order), scale, start + 400),
        );
        expectClose(one ?? [], other ?? [], size);
      }),
    );
  });

  test('stay below what a table holds (10^125) until the landmark is moved', () => {
    const sums = added(noSums(start, scale), [{ at: start + 99.999, value: 1e12 }]);
    for (const sum of sums.sums) expect(sum).toBeLessThan(1e80);
  });
});
