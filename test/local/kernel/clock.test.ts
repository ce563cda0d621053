import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClock } from '../../../local/kernel/clock.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import { openStore } from '../../../local/kernel/store.ts';
import type { Store } from '../../../local/kernel/store.ts';

const hour = 3_600_000;
const settledAtOnce = () => Promise.resolve();

let folder: string;
let store: Store;
let clock: Clock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clock-'));
  store = openStore(join(folder, 'cloud.db'));
  clock = createClock({ store });
});
afterEach(() => {
  clock.close();
  store.close();
  rmSync(folder, { recursive: true });
});

function restart(): void {
  clock.close();
  store.close();
  store = openStore(join(folder, 'cloud.db'));
  clock = createClock({ store });
}

describe('the clock', () => {
  test('runs with the machine until it is advanced, and stays advanced over a restart', async () => {
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
    await clock.advance(14 * 24 * hour, settledAtOnce);
    const ahead = 14 * 24 * hour;
    expect(clock.offset()).toBeGreaterThan(ahead - 1000);
    restart();
    expect(Math.abs(clock.now() - Date.now() - ahead)).toBeLessThan(1000);
  });

  test('fires a timer in real time', async () => {
    const fired = new Promise<void>((resolve) => clock.at(clock.now() + 20, resolve));
    await fired;
  });

  test('fires each timer at its own time while it is advanced, in order, and lets what it started finish first', async () => {
    const start = clock.now();
    const seen: string[] = [];
    let unfinished = 0;
    const settled = async () => {
      while (unfinished > 0) {
        await new Promise((resolve) => setImmediate(resolve));
        unfinished -= 1;
        seen.push(`work done at ${(clock.now() - start) / hour}`);
      }
    };
    for (const at of [3, 1, 2]) {
      clock.at(start + at * hour, () => {
        seen.push(`timer ${at}`);
        unfinished += 1;
      });
    }
    await clock.advance(4 * hour, settled);
    expect(seen).toEqual(['timer 1', 'work done at 1', 'timer 2', 'work done at 2', 'timer 3', 'work done at 3']);
  });

  test('fires what a timer sets within the time that is passed, and leaves what is due later', async () => {
    const start = clock.now();
    const fired: number[] = [];
    const every = (at: number) => {
      clock.at(at, () => {
        fired.push((at - start) / hour);
        every(at + hour);
      });
    };
    every(start + hour);
    await clock.advance(3.5 * hour, settledAtOnce);
    expect(fired).toEqual([1, 2, 3]);
  });

  test('fires what is set for now while work is drained', async () => {
    const done = new Promise<void>((resolve) => {
      clock.at(clock.now() + hour, () => {
        clock.at(clock.now(), resolve);
      });
    });
    await clock.advance(hour, settledAtOnce);
    await done;
  });

  test('does not fire what was cancelled, even by a timer due at the same time', async () => {
    const at = clock.now() + hour;
    const fired: string[] = [];
    const cancels: (() => void)[] = [];
    clock.at(at, () => {
      fired.push('first');
      cancels[0]?.();
    });
    cancels.push(clock.at(at, () => fired.push('second')));
    await clock.advance(2 * hour, settledAtOnce);
    expect(fired).toEqual(['first']);
  });

  test('never runs backwards, whatever draining takes', async () => {
    const before = clock.now();
    const seen: number[] = [];
    clock.onShift((offset) => seen.push(offset));
    await clock.advance(10, () => new Promise((resolve) => setTimeout(resolve, 30)));
    expect(clock.now()).toBeGreaterThanOrEqual(before + 10);
    expect(seen).toEqual(seen.toSorted((left, right) => left - right));
  });

  test('tells its listeners of every step', async () => {
    const offsets: number[] = [];
    clock.onShift((offset) => offsets.push(Math.round(offset / hour)));
    clock.at(clock.now() + hour, () => undefined);
    await clock.advance(2 * hour, settledAtOnce);
    expect(offsets).toEqual([1, 2]);
  });

  test('carries out two advances one after the other', async () => {
    const before = clock.now();
    await Promise.all([clock.advance(hour, settledAtOnce), clock.advance(hour, settledAtOnce)]);
    expect(clock.now() - before).toBeGreaterThanOrEqual(2 * hour);
  });

  test('goes on when what was started failed to settle', async () => {
    await expect(clock.advance(hour, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
    const fired = new Promise<void>((resolve) => clock.at(clock.now() + 5, resolve));
    await fired;
  });

  test.each([-1, NaN, Infinity])('refuses to be moved by %p', async (milliseconds) => {
    await expect(clock.advance(milliseconds, settledAtOnce)).rejects.toThrow(RangeError);
  });
});
