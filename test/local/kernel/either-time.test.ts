import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClock } from '../../../local/kernel/clock.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import { atEitherTime } from '../../../local/kernel/either-time.ts';
import { openStore } from '../../../local/kernel/store.ts';

let clock: Clock;
beforeEach(() => {
  clock = createClock({ store: openStore(':memory:') });
});
afterEach(() => {
  clock.close();
});

const drained = () => Promise.resolve();

test('a wait ends by the clock when the clock is moved', async () => {
  let calls = 0;
  atEitherTime(clock, clock.now() + 3_600_000, () => (calls += 1));
  await clock.advance(3_599_000, drained);
  expect(calls).toBe(0);
  await clock.advance(1_000, drained);
  expect(calls).toBe(1);
});

test('a wait ends by the machine’s time while the clock is held still for it, and only once', async () => {
  let calls = 0;
  const over = new Promise<void>((resolve) => {
    atEitherTime(clock, clock.now() + 20, () => {
      calls += 1;
      resolve();
    });
  });
  await clock.advance(60_000, () => over);
  expect(calls).toBe(1);
});

test('a wait that is cancelled does not end', async () => {
  let calls = 0;
  atEitherTime(clock, clock.now(), () => (calls += 1))();
  const later = new Promise<void>((resolve) => {
    atEitherTime(clock, clock.now() + 1, resolve);
  });
  await clock.advance(60_000, () => later);
  expect(calls).toBe(0);
});

test('a wait that is longer than a timer of the machine can be does not end at once', async () => {
  let calls = 0;
  atEitherTime(clock, clock.now() + 2 ** 31 + 60_000, () => (calls += 1));
  const later = new Promise<void>((resolve) => {
    atEitherTime(clock, clock.now() + 20, resolve);
  });
  await clock.advance(60_000, () => later);
  expect(calls).toBe(0);
});
