import type { Principal } from '../../../core/access/principal.ts';
import type { DayRates } from '../../../core/fx/day-rates.ts';
import type { QuoteStore, RateBook, RateSource } from '../../../core/fx/ports.ts';
import type { FxQuote } from '../../../core/fx/quote.ts';
import type { FxSettings } from '../../../core/fx/settings.ts';

export const platform: Principal = { kind: 'client', id: 'client-platform', scopes: ['payments/create'] };
/** A Wednesday. */
export const now = new Date('2026-11-25T18:00:00.000Z');
export const daysLater = (days: number) => new Date(now.getTime() + days * 86_400_000);

export const ratesOf = (date: string, changes: Readonly<Record<string, string>> = {}): DayRates => ({
  date,
  perEuro: { USD: '1.25', GBP: '0.8', JPY: '160', IDR: '17412.6', ...changes },
});

export const settings: FxSettings = {
  staleAfterDays: 5,
  margin: { '5m': 100, '1h': 125, '24h': 200 },
  marginByPair: { 'EUR/USD': { '5m': 0, '1h': 25, '24h': 50 } },
};

/** A source that publishes these rates, or fails; it counts how often it is asked. */
export function fakeSource(published: DayRates | Error) {
  const asked: Date[] = [];
  const source: RateSource = {
    latest: (at) => {
      asked.push(at);
      return published instanceof Error ? Promise.reject(published) : Promise.resolve(published);
    },
  };
  return { source, asked };
}

/** A book with DynamoDB's promises: conditional writes, one at a time. */
export function fakeRateBook(...known: readonly DayRates[]) {
  const days = new Map(known.map((rates) => [rates.date, rates]));
  const book: RateBook = {
    newest: () => Promise.resolve(days.get([...days.keys()].toSorted().at(-1) ?? '')),
    keep: (rates) => {
      const existing = days.get(rates.date);
      if (existing) return Promise.resolve({ kind: 'exists', rates: existing });
      days.set(rates.date, rates);
      return Promise.resolve({ kind: 'kept' });
    },
  };
  return { book, days };
}

export function fakeQuoteStore() {
  const quotes = new Map<string, FxQuote>();
  const store: QuoteStore = {
    open: (quote) => {
      const existing = quotes.get(quote.id);
      if (existing) return Promise.resolve({ kind: 'exists', quote: existing });
      quotes.set(quote.id, quote);
      return Promise.resolve({ kind: 'opened' });
    },
    find: (quoteId) => Promise.resolve(quotes.get(quoteId)),
  };
  return { store, quotes };
}
