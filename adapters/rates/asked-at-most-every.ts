import type { DayRates } from '../../core/fx/day-rates.ts';
import type { RateSource } from '../../core/fx/ports.ts';

/**
 * The same source, asked at most once in a while: until that is over, every caller gets what the first one got, rates or
 * failure, and who comes while it is asked waits with the first. So callers who want quotes neither storm a source that
 * is down or stands still, nor wait for its time-out one by one.
 */
export function askedAtMostEvery(source: RateSource, milliseconds: number): RateSource {
  let last: { readonly at: number; readonly answer: Promise<DayRates> } | undefined;
  return {
    latest: (now) => {
      if (last && Math.abs(now.getTime() - last.at) < milliseconds) return last.answer;
      last = { at: now.getTime(), answer: source.latest(now) };
      return last.answer;
    },
  };
}
