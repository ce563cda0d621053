import type { DayRates } from './day-rates.ts';
import { faultOf, isStale } from './day-rates.ts';
import type { RateBook, RateSource } from './ports.ts';
import { RatesRefused, RatesStale } from './ports.ts';

export interface RefreshRatesDependencies {
  readonly source: RateSource;
  readonly rates: RateBook;
  readonly staleAfterDays: number;
}

export interface RefreshedRates {
  readonly kind: 'kept' | 'known';
  readonly rates: DayRates;
}

/**
 * Gets the rates published last and keeps them under their day. Twice or late is as good as once and in time.
 *
 * Primary course:
 * 1. The source's latest rates are read and looked over.
 * 2. They are kept, unless their day has rates already: a day's rates never change, for promises were made on them.
 *
 * Throws RateSourceUnavailable and RatesRefused (broken, odd, or other rates for a day that has some), and RatesStale when
 * the source stands still. Whatever is thrown, the rates that we have stay.
 */
export async function refreshRates(
  { source, rates: book, staleAfterDays }: RefreshRatesDependencies,
  now: Date,
): Promise<RefreshedRates> {
  const rates = await source.latest(now);
  const fault = faultOf(rates, now);
  if (fault !== undefined) throw new RatesRefused(`The rates cannot be used: ${fault}.`);
  const kept = await book.keep(rates);
  if (kept.kind === 'exists' && !isSame(kept.rates, rates)) {
    throw new RatesRefused(`The source has other rates for ${rates.date} than those that we keep.`);
  }
  if (isStale(rates.date, now, staleAfterDays)) {
    throw new RatesStale(`The source's latest rates are of ${rates.date}.`);
  }
  return { kind: kept.kind === 'kept' ? 'kept' : 'known', rates };
}

function isSame({ perEuro: kept }: DayRates, { perEuro: published }: DayRates): boolean {
  const currencies = new Set([...Object.keys(kept), ...Object.keys(published)]);
  return [...currencies].every((currency) => kept[currency] === published[currency]);
}
