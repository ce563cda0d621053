import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marginOf } from '../../core/fraud/model/forest.ts';
import { binColumn } from '../../model/training/binning.ts';
import { calibrate } from '../../model/training/calibrate.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import { trainForest, usualOptions } from '../../model/training/train-forest.ts';

const plain = { ...usualOptions, rowShare: 1, featureShare: 1, lambda: 1, leastChildWeight: 0.001 };
const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -5, max: 5, noNaN: true }));

describe('bins', () => {
  test('part numbers as their cuts do, exact where there are as many as distinct numbers', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), fc.constantFrom(4096, 8), (numbers, most) => {
        const { bins, cuts } = binColumn(Float64Array.from(numbers), most);
        for (const [row, value] of numbers.entries())
          for (const [cut, at] of cuts.entries()) expect(value <= at).toBe((bins[row] ?? 0) <= cut);
        if (most > numbers.length) expect(cuts).toHaveLength(new Set(numbers.map((each) => each + 0)).size - 1);
        expect(cuts.length).toBeLessThan(most);
      }),
    );
  });
});

describe('a tree', () => {
  test('splits where the gain is greatest of all splits that there are', () => {
    const rows = fc.array(fc.record({ a: number, b: number, isFraud: fc.boolean() }), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(rows, (drawn) => {
        const columns = [Float64Array.from(drawn, ({ a }) => a), Float64Array.from(drawn, ({ b }) => b)];
        const labels = Uint8Array.from(drawn, ({ isFraud }) => (isFraud ? 1 : 0));
        const options = { ...plain, trees: 1, depth: 1, learningRate: 1 };
        const forest = trainForest({ columns, labels }, options);
        const probability = 1 / (1 + Math.exp(-forest.base));
        const gainOf = (isLeft: (row: number) => boolean) => {
          let [gl, hl, g, h] = [0, 0, 0, 0];
          for (const [row, label] of labels.entries()) {
            const [gradient, hessian] = [probability - label, probability * (1 - probability)];
            [g, h] = [g + gradient, h + hessian];
            if (isLeft(row)) [gl, hl] = [gl + gradient, hl + hessian];
          }
          return hl === 0 || h - hl < 1e-12 ? 0 : gl ** 2 / (hl + 1) + (g - gl) ** 2 / (h - hl + 1) - g ** 2 / (h + 1);
        };
        const best = Math.max(
          0,
          ...columns.flatMap((column) => [...column].map((cut) => gainOf((row) => (column[row] ?? 0) <= cut))),
        );
        const [feature = -1] = forest.features;
        const column = columns[feature];
        const found = column ? gainOf((row) => (column[row] ?? 0) <= (forest.thresholds[0] ?? 0)) : 0;
        expect(Math.abs(found - best)).toBeLessThan(2e-6);
      }),
    );
  });
});

describe('a forest', () => {
  const random = seededRandom(7);
  const rows = Array.from({ length: 4000 }, () => [random(), random(), random()] as const);
  // Fraud where exactly one of two numbers is high: no single split says anything.
  const isFraud = ([a, b]: readonly [number, number, number]) => a > 0.5 !== b > 0.5;
  const examples = {
    columns: [0, 1, 2].map((feature) => Float64Array.from(rows, (row) => row[feature] ?? 0)),
    labels: Uint8Array.from(rows, (row) => (isFraud(row) ? 1 : 0)),
  };

  test('learns what no single feature tells', () => {
    const forest = trainForest(examples, { ...plain, trees: 60, depth: 3, learningRate: 0.3 });
    const wrong = rows.filter((row) => marginOf(forest, row) > 0 !== isFraud(row));
    expect(wrong.length).toBeLessThan(rows.length / 50);
  });

  test('is the same for the same seed, another for another, and tells how far it is', () => {
    const told: number[] = [];
    const options = { ...usualOptions, trees: 5, depth: 3 };
    const forest = trainForest(examples, options, (done) => told.push(done));
    expect(trainForest(examples, options)).toEqual(forest);
    expect(trainForest(examples, { ...options, seed: 2 })).not.toEqual(forest);
    expect(told).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([[0], [1]])('of nothing but %i is sure, and finite', (label) => {
    const labels = new Uint8Array(rows.length).fill(label);
    const forest = trainForest({ ...examples, labels }, { ...plain, trees: 10 });
    const margin = marginOf(forest, [0.5, 0.5, 0.5]);
    expect([Number.isFinite(margin), margin > 0]).toEqual([true, label === 1]);
  });
});

describe('calibration', () => {
  test('finds the slope and shift by which log odds became what was seen', () => {
    const random = seededRandom(3);
    const margins = Float64Array.from({ length: 40_000 }, () => random() * 8 - 4);
    const labels = Uint8Array.from(margins, (margin) => (random() < 1 / (1 + Math.exp(-(0.5 * margin - 1))) ? 1 : 0));
    const { slope, shift } = calibrate(margins, labels);
    expect(Math.abs(slope - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(shift + 1)).toBeLessThan(0.05);
  });

  test.each([[0], [1]])('of nothing but %i stays finite', (label) => {
    const { slope, shift } = calibrate(new Float64Array(10).fill(2), new Uint8Array(10).fill(label));
    expect([Number.isFinite(slope), Number.isFinite(shift)]).toEqual([true, true]);
  });
});
