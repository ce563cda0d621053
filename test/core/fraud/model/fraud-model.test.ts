import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Forest } from '../../../../core/fraud/model/forest.ts';
import { explain, marginOf, placesOf } from '../../../../core/fraud/model/forest.ts';
import {
  ModelDoesNotFit,
  parseModelFile,
  probabilityOf,
  toModelFile,
} from '../../../../core/fraud/model/fraud-model.ts';

const featureCount = 5;
const depth = 3;
const treeCount = 4;

/** Any forest: below a place where a walk ends there may be anything, since nobody comes there. */
const forest: fc.Arbitrary<Forest> = fc
  .record({
    features: fc.array(fc.integer({ min: -1, max: featureCount - 1 }), { minLength: 60, maxLength: 60 }),
    numbers: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 120, maxLength: 120 }),
    base: fc.double({ min: -5, max: 5, noNaN: true }),
  })
  .map(({ features, numbers, base }) => {
    const places = placesOf(depth);
    const isInner = (at: number) => at % places < placesOf(depth - 1);
    return {
      // JSON knows no zero below zero.
      ...{ depth, treeCount, base: base === 0 ? 0 : base },
      features: Int16Array.from({ length: treeCount * places }, (_, at) => (isInner(at) ? (features[at] ?? -1) : -1)),
      thresholds: Float64Array.from({ length: treeCount * places }, (_, at) => numbers[at] ?? 0),
      values: Float64Array.from({ length: treeCount * places }, (_, at) => numbers[60 + at] ?? 0),
    };
  });
const vector = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: featureCount,
  maxLength: featureCount,
});
const calibration = { slope: 0.9, shift: -0.2 };

describe('any forest', () => {
  test('says of a vector what its features contribute, the base and the roots', () => {
    fc.assert(
      fc.property(forest, vector, (any, values) => {
        const roots = Array.from({ length: treeCount }, (_, tree) => any.values[tree * placesOf(depth)] ?? 0);
        const { margin, contributions } = explain(any, values);
        const told = [...contributions, any.base, ...roots].reduce((sum, each) => sum + each, 0);
        expect(told).toBeCloseTo(margin, 9);
        expect(margin).toBeCloseTo(marginOf(any, values), 9);
      }),
    );
  });

  test('comes back from its file to the last bit', () => {
    fc.assert(
      fc.property(forest, vector, (any, values) => {
        const model = { schemaHash: 'abc', forest: any, calibration };
        const read = parseModelFile(toModelFile(model), 'abc');
        expect(read).toEqual(model);
        const [one, other] = [read, model].map((each) => probabilityOf(each, marginOf(each.forest, values)));
        expect(one).toBe(other);
      }),
    );
  });
});

describe("a model's file", () => {
  const [any] = fc.sample(forest, { numRuns: 1, seed: 1 });
  const text = any ? toModelFile({ schemaHash: 'abc', forest: any, calibration }) : '';
  const changed = (changes: object) => JSON.stringify({ ...(JSON.parse(text) as object), ...changes });

  test('for other features is refused', () => {
    expect(() => parseModelFile(text, 'abd')).toThrow(ModelDoesNotFit);
  });

  test.each([
    ['no JSON', () => 'model'],
    ['another format', () => changed({ format: 2 })],
    ['bytes that are missing', () => changed({ values: 'AAAA' })],
    ['trees that are missing', () => changed({ treeCount: 3 })],
    ['a slope that is no number', () => changed({ calibration: { slope: null, shift: 0 } })],
    ['splits below its depth', () => changed({ features: Buffer.alloc(4 * 15 * 2).toString('base64') })],
  ])('(%s) is refused', (_what, write) => {
    expect(() => parseModelFile(write(), 'abc')).toThrow(Error);
  });
});
