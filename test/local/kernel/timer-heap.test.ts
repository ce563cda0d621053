import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TimerHeap } from '../../../local/kernel/timer-heap.ts';

test('timers come out by due time, then in the order in which they were set, without the cancelled ones', () => {
  const timers = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(timers, fc.integer({ min: 0, max: 25 }), (given, now) => {
      const heap = new TimerHeap();
      const fired: number[] = [];
      const cancels = given.map(({ at }, index) => heap.add(at, () => fired.push(index)));
      given.forEach(({ cancelled }, index) => {
        if (cancelled) cancels[index]?.();
      });
      for (const callback of heap.takeDue(now)) callback();
      const expected = given
        .map((timer, index) => ({ ...timer, index }))
        .filter(({ at, cancelled }) => at <= now && !cancelled)
        .toSorted((left, right) => left.at - right.at || left.index - right.index);
      expect(fired).toEqual(expected.map(({ index }) => index));
      const left = given.filter(({ at, cancelled }) => at > now && !cancelled).map(({ at }) => at);
      expect(heap.earliest()).toBe(left.length === 0 ? undefined : Math.min(...left));
    }),
  );
});
