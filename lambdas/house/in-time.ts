import { setTimeout as delay } from 'node:timers/promises';
import { log } from './log.ts';

/**
 * What answers undefined for work that fails or takes longer than so many milliseconds, and says so in the log. The work itself
 * goes on.
 */
export function withinMilliseconds(milliseconds: number, message: string) {
  return async <T>(work: Promise<T>): Promise<T | undefined> => {
    const timer = new AbortController();
    try {
      const late = delay(milliseconds, undefined, { signal: timer.signal }).then(() => {
        throw new Error(`It took longer than ${milliseconds} ms`);
      });
      return await Promise.race([work, late]);
    } catch (error) {
      log.warn(message, { reason: String(error) });
      return undefined;
    } finally {
      timer.abort();
    }
  };
}
