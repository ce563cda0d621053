import * as z from 'zod';
import type { Store } from './store.ts';
import { TimerHeap } from './timer-heap.ts';

/** The cloud's own clock: real time plus an offset that only grows. Every service reads time here and nowhere else. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds by which this clock is ahead of the machine's. */
  offset(): number;
  /** Runs `callback` once when the clock reaches `at` (milliseconds since the epoch). Answers a cancel function. */
  at(at: number, callback: () => void): () => void;
  /** Hears of every change of the offset (functions and simulators shift their own Date by it). */
  onShift(listener: (offset: number) => void): void;
  /**
   * Moves on by `milliseconds`, timer by timer: the clock stands still at each due time until `settled` answers, so
   * that what one event starts is finished before the next event fires.
   */
  advance(milliseconds: number, settled: () => Promise<void>): Promise<void>;
  /** Cancels all timers. */
  close(): void;
}

/** setTimeout cannot wait longer (a signed 32-bit count of milliseconds); a longer wait is waited in pieces. */
const longestWaitMilliseconds = 2 ** 31 - 1;

/**
 * A clock whose offset lives in the store: time that was advanced stays advanced after a restart. Timers do not
 * survive; each service sets its own again from what it stored.
 *
 * Time runs with the machine's, but stands still while `advance` is at work. It never runs backwards through the
 * offset: real time that passes while an advance drains is given back only by later steps, never by a smaller offset.
 */
export function createClock({ store }: { readonly store: Store }): Clock {
  const clock = new StoredClock(offsetMemory(store));
  return {
    now: () => clock.now(),
    offset: () => clock.offset,
    at: (at, callback) => clock.at(at, callback),
    onShift: (listener) => void clock.listeners.push(listener),
    advance: (milliseconds, settled) => clock.advance(milliseconds, settled),
    close: () => {
      clock.close();
    },
  };
}

class StoredClock {
  readonly listeners: ((offset: number) => void)[] = [];
  offset: number;
  readonly #memory: OffsetMemory;
  readonly #timers = new TimerHeap();
  /** Where time stands while an advance is at work. */
  #standingAt: number | undefined;
  #wake: NodeJS.Timeout | undefined;
  #advances: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(memory: OffsetMemory) {
    this.#memory = memory;
    this.offset = memory.read();
  }

  now(): number {
    return this.#standingAt ?? Date.now() + this.offset;
  }

  at(at: number, callback: () => void): () => void {
    const cancel = this.#timers.add(at, callback);
    this.#arm();
    return cancel;
  }

  advance(milliseconds: number, settled: () => Promise<void>): Promise<void> {
    if (!Number.isFinite(milliseconds) || milliseconds < 0) {
      return Promise.reject(new RangeError(`The clock only moves forward, not by ${milliseconds} milliseconds.`));
    }
    // One at a time: two advances at once would each fire the other's timers out of order.
    const turn = this.#advances.then(() => this.#advanceOnce(milliseconds, settled));
    this.#advances = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#closed = true;
    this.#timers.clear();
    this.#arm();
  }

  async #advanceOnce(milliseconds: number, settled: () => Promise<void>): Promise<void> {
    const target = this.now() + milliseconds;
    this.#standingAt = this.now();
    try {
      for (let arrived = false; !arrived;) {
        await settled();
        const next = this.#dueBy(target);
        arrived = next === undefined && this.now() >= target;
        this.#standAt(Math.max(next ?? target, this.now()));
        this.#fireDue();
      }
    } finally {
      this.#standingAt = undefined;
      this.#arm();
    }
  }

  #dueBy(target: number): number | undefined {
    const next = this.#timers.earliest();
    return next !== undefined && next <= target ? next : undefined;
  }

  #standAt(at: number): void {
    this.#standingAt = at;
    const shifted = Math.max(this.offset, Math.ceil(at - Date.now()));
    if (shifted === this.offset) return;
    this.offset = shifted;
    this.#memory.write(shifted);
    for (const listener of this.listeners) listener(shifted);
  }

  /** Sets the machine's timer for the earliest callback; while the clock stands, only for what is due already. */
  #arm(): void {
    clearTimeout(this.#wake);
    const next = this.#timers.earliest();
    if (this.#closed || next === undefined) return;
    if (this.#standingAt !== undefined && next > this.#standingAt) return;
    const waitMilliseconds = Math.min(Math.max(next - this.now(), 0), longestWaitMilliseconds);
    this.#wake = setTimeout(() => {
      this.#fireDue();
    }, waitMilliseconds).unref();
  }

  /** A callback that sets a timer for now gets the next turn of the event loop, so that nothing starves the rest. */
  #fireDue(): void {
    try {
      for (const callback of this.#timers.takeDue(this.now())) callback();
    } finally {
      this.#arm();
    }
  }
}

interface OffsetMemory {
  read(): number;
  write(offset: number): void;
}

/** One row that holds the offset. */
function offsetMemory(store: Store): OffsetMemory {
  store.exec(
    'CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), offsetMilliseconds INTEGER NOT NULL)',
  );
  const select = store.prepare('SELECT offsetMilliseconds FROM clock WHERE id = 1');
  const upsert = store.prepare(
    'INSERT INTO clock (id, offsetMilliseconds) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET offsetMilliseconds = excluded.offsetMilliseconds',
  );
  const row = z.object({ offsetMilliseconds: z.int() }).optional();
  return {
    read: () => row.parse(select.get())?.offsetMilliseconds ?? 0,
    write: (offset) => void upsert.run(offset),
  };
}
