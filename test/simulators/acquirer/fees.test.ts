import { expect, test } from '@jest/globals';
import { feeOf } from '../../../simulators/acquirer/fees.ts';

test.each([
  [10_000, 300, 300],
  [16, 300, 0],
  [17, 300, 1],
  [50, 300, 2],
  [1250, 0, 0],
  [1250, 10_000, 1250],
  [Number.MAX_SAFE_INTEGER, 300, 270_215_977_642_230],
])('the fee on %s at %s basis points is %s, rounded half up', (amount, basisPoints, fee) => {
  expect(feeOf(amount, basisPoints)).toBe(fee);
});
