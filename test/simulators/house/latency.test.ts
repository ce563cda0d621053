import { expect, test } from '@jest/globals';
import { createLatency } from '../../../simulators/house/latency.ts';

test('a median of 0 costs no time', () => {
  expect(createLatency(0).draw()).toBe(0);
});

test('times are log-normal: never negative, half of them below the median, with a tail', () => {
  const latency = createLatency(0);
  latency.setMedian(800);
  const times = Array.from({ length: 4_000 }, () => latency.draw()).sort((one, other) => one - other);
  expect(times[0]).toBeGreaterThan(0);
  expect(Math.abs((times[2_000] ?? 0) - 800)).toBeLessThan(40);
  expect(times[3_960]).toBeGreaterThan(1_600);
});
