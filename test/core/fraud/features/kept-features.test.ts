import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keepFeatures, vectorOf } from '../../../../core/fraud/features/kept-features.ts';

describe('features that are kept', () => {
  test('come back as 32-bit floats, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 60 }), (vector) => {
        const kept = keepFeatures('schema', vector);
        expect(kept.values).toHaveLength(vector.length * 4);
        expect(vectorOf(kept)).toEqual(vector.map(Math.fround));
      }),
    );
  });

  test('are read out of a buffer that holds other things too', () => {
    const { values } = keepFeatures('schema', [1.5, -2]);
    const pool = new Uint8Array([9, ...values, 9]);
    expect(vectorOf({ schema: 'schema', values: pool.subarray(1, 9) })).toEqual([1.5, -2]);
  });

  test('are refused when bytes are missing', () => {
    expect(() => vectorOf({ schema: 'schema', values: new Uint8Array(7) })).toThrow(RangeError);
  });
});
