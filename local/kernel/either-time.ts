import type { Clock } from './clock.ts';

/** setTimeout cannot wait longer (a signed 32-bit count of milliseconds) and would call back at once. */
const longestWaitMilliseconds = 2 ** 31 - 1;

/**
 * Calls back once when the clock reaches `at` (milliseconds since the epoch), or as much of the machine's time is over,
 * whichever is first: who waits so must not stand for ever while the clock is held still for them, and not sleep while
 * the clock is moved. A wait of more than 24 days ends by the clock alone. Answers a cancel function.
 */
export function atEitherTime(clock: Pick<Clock, 'now' | 'at'>, at: number, callback: () => void): () => void {
  const milliseconds = Math.max(0, at - clock.now());
  const end = () => {
    cancel();
    callback();
  };
  const timer = milliseconds > longestWaitMilliseconds ? undefined : setTimeout(end, milliseconds).unref();
  const cancelAt = clock.at(at, end);
  const cancel = () => {
    clearTimeout(timer);
    cancelAt();
  };
  return cancel;
}
