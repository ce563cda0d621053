import type { DayRates } from './day-rates.ts';
import { isStale } from './day-rates.ts';
import { RateSourceUnavailable, RatesRefused, RatesStale } from './ports.ts';
import { refreshRates } from './refresh-rates.ts';
import type { RefreshRatesDependencies } from './refresh-rates.ts';

export type UsableRates =
  | { readonly kind: 'usable'; readonly rates: DayRates }
  /** `why` is for the log. */
  | { readonly kind: 'none'; readonly why: Error };

/**
 * The latest rates that may be promised on. When there are none, because the stack is new or the schedule has failed for
 * days, they are fetched here and now, so that neither waits for the schedule's next turn.
 */
export async function usableRates(dependencies: RefreshRatesDependencies, now: Date): Promise<UsableRates> {
  const newest = await dependencies.rates.newest();
  if (newest && !isStale(newest.date, now, dependencies.staleAfterDays)) return { kind: 'usable', rates: newest };
  try {
    return { kind: 'usable', rates: (await refreshRates(dependencies, now)).rates };
  } catch (error) {
    if (isExpected(error)) return { kind: 'none', why: error };
    throw error;
  }
}

function isExpected(error: unknown): error is RateSourceUnavailable | RatesRefused | RatesStale {
  return [RateSourceUnavailable, RatesRefused, RatesStale].some((kind) => error instanceof kind);
}
