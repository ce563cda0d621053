import { matchesError } from './failure.ts';
import type { Catcher, Retrier } from './machine.ts';

export interface Retry {
  /** How often each retrier of the state has been used, this time included. */
  readonly attempts: readonly number[];
  /** How long to wait, in milliseconds. */
  readonly delayMilliseconds: number;
}

/**
 * Whether a failed state is tried again. The first retrier that names the error decides: when its attempts are used
 * up, no later one is asked. `attempts` counts per retrier since the state was entered; `random` draws 0 to 1.
 */
export function chooseRetry(
  retriers: readonly Retrier[],
  error: string,
  attempts: readonly number[],
  random: () => number,
): Retry | undefined {
  const index = retriers.findIndex(({ errorEquals }) => matchesError(errorEquals, error));
  const retrier = retriers[index];
  const used = attempts[index] ?? 0;
  if (!retrier || used >= retrier.maxAttempts) return undefined;
  return {
    attempts: retriers.map((_, position) => (attempts[position] ?? 0) + (position === index ? 1 : 0)),
    delayMilliseconds: delayOf(retrier, used, random) * 1000,
  };
}

/** The first catcher that names the error. */
export function chooseCatcher(catchers: readonly Catcher[], error: string): Catcher | undefined {
  return catchers.find(({ errorEquals }) => matchesError(errorEquals, error));
}

function delayOf(retrier: Retrier, used: number, random: () => number): number {
  const backedOff = retrier.intervalSeconds * retrier.backoffRate ** used;
  const capped = Math.min(backedOff, retrier.maxDelaySeconds);
  return retrier.fullJitter ? capped * random() : capped;
}
