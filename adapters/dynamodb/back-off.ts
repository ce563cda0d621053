import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BackOff } from '../../core/gift-cards/ports.ts';

const firstMilliseconds = 40;
const mostMilliseconds = 1500;

/**
 * Waits anywhere between nothing and a bound that triples with each try ("full jitter"). Two rivals pass each other
 * within milliseconds; a crowd of fifty is soon spread over the time that it takes one by one (decision record 0007).
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backOffWithJitter: BackOff = async (attempt) => {
  const bound = Math.min(mostMilliseconds, firstMilliseconds * 3 ** (attempt - 1));
  await pause(randomInt(bound));
};

const firstAtPaymentMilliseconds = 5;
const mostAtPaymentMilliseconds = 250;

/** A crowd at one payment spreads itself out: each waits a random part of a span that doubles with each try. */
export async function spreadOut(attempt: number): Promise<void> {
  await pause(Math.random() * Math.min(mostAtPaymentMilliseconds, firstAtPaymentMilliseconds * 2 ** attempt));
}
