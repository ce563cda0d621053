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
