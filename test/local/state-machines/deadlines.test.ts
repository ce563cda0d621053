import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClock } from '../../../local/kernel/clock.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import { openStore } from '../../../local/kernel/store.ts';
import { Deadlines } from '../../../local/state-machines/deadlines.ts';

let clock: Clock;
let set: number;
let deadlines: Deadlines;
beforeEach(() => {
  clock = createClock({ store: openStore(':memory:') });
  set = 0;
  const counted = {
    now: () => clock.now(),
    at: (at: number, callback: () => void) => {
      set += 1;
      return clock.at(at, callback);
    },
  };
  deadlines = new Deadlines(counted);
});
afterEach(() => {
  clock.close();
});

const advance = (milliseconds: number) => clock.advance(milliseconds, () => Promise.resolve());

test('each comes once, in its order, and not before its time', async () => {
  const heard: string[] = [];
  deadlines.after(10_000, () => heard.push('ten'));
  deadlines.after(5_000, () => heard.push('five'));
  await advance(4_000);
  deadlines.after(10_000, () => heard.push('fourteen'));
  expect(heard).toEqual([]);
  await advance(6_000);
  expect(heard).toEqual(['five', 'ten']);
  await advance(60_000);
  expect(heard).toEqual(['five', 'ten', 'fourteen']);
});

test('one that is cancelled never comes, and those after it do', async () => {
  const heard: string[] = [];
  const cancel = deadlines.after(5_000, () => heard.push('cancelled'));
  await advance(1_000);
  deadlines.after(5_000, () => heard.push('kept'));
  cancel();
  await advance(4_500);
  expect(heard).toEqual([]);
  await advance(1_000);
  expect(heard).toEqual(['kept']);
});

test('a thousand of one duration share one timer of the clock', async () => {
  const cancels = Array.from({ length: 1000 }, () => deadlines.after(15_000, () => undefined));
  expect(set).toBe(1);
  for (const cancel of cancels) cancel();
  await advance(20_000);
  expect(set).toBe(1);
});
