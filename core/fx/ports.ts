import type { DayRates } from './day-rates.ts';
import type { FxQuote } from './quote.ts';

/** Whoever publishes reference rates. */
export interface RateSource {
  /**
   * The rates published last.
   *
   * @throws RateSourceUnavailable when nothing came, RatesRefused when what came cannot be used.
   */
  latest(now: Date): Promise<DayRates>;
}

/** The rates that we work with. */
export interface RateBook {
  /** The rates of the latest day that we have. */
  newest(): Promise<DayRates | undefined>;
  /** Keeps a day's rates unless the day has some already; then answers those. They never change once they are kept. */
  keep(rates: DayRates): Promise<{ readonly kind: 'kept' } | { readonly kind: 'exists'; readonly rates: DayRates }>;
}

/** Where quotes are kept, for ever: a payment refers to its own. */
export interface QuoteStore {
  /** Writes a new quote unless its id exists; then answers the one that does, strongly consistent. */
  open(quote: FxQuote): Promise<{ readonly kind: 'opened' } | { readonly kind: 'exists'; readonly quote: FxQuote }>;
  /** The quote, strongly consistent. */
  find(quoteId: string): Promise<FxQuote | undefined>;
}

/** The source did not answer: no connection, no time, an error of its own. It may later. */
export class RateSourceUnavailable extends Error {
  override readonly name = 'RateSourceUnavailable';
}

/** The source answered what cannot be used: broken, odd, or other rates for a day that has some already. */
export class RatesRefused extends Error {
  override readonly name = 'RatesRefused';
}

/** The source goes on publishing rates that are too old to be used. */
export class RatesStale extends Error {
  override readonly name = 'RatesStale';
}
