import type { Principal } from '../access/principal.ts';
import { deriveId } from '../ids.ts';
import { crossRate } from './day-rates.ts';
import type { QuoteStore, RateBook, RateSource } from './ports.ts';
import type { FxQuote } from './quote.ts';
import { expiryOf, price } from './quote.ts';
import type { FxSettings, Lock } from './settings.ts';
import { marginOf } from './settings.ts';
import { usableRates } from './usable-rates.ts';

export interface CreateQuoteRequest {
  readonly principal: Principal;
  readonly idempotencyKey: string;
  readonly from: string;
  readonly to: string;
  /** Minor units of `from`. */
  readonly amount: bigint;
  readonly lock: Lock;
}

export type CreateQuoteResult =
  | { readonly kind: 'created'; readonly quote: FxQuote; readonly replayed: boolean }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'sameCurrency' }
  /** The rates have no such pair. */
  | { readonly kind: 'pairUnknown' }
  /** There are no rates that are fresh enough; `why` is for the log. */
  | { readonly kind: 'ratesUnavailable'; readonly why: Error }
  /** The converted amount is nothing, or more than a payment can have. */
  | { readonly kind: 'amountOutOfRange'; readonly convertedAmount: bigint };

export interface CreateQuoteDependencies {
  readonly quotes: QuoteStore;
  readonly rates: RateBook;
  readonly source: RateSource;
  readonly settings: FxSettings;
}

/** Minor units; as much as a payment's amount may be (contracts/payments.ts). */
const largestAmount = 10n ** 12n;

/**
 * Promises a rate for an amount until the lock window ends.
 *
 * Primary course:
 * 1. The quote's id is derived from the caller, the route and the Idempotency-Key; a request that came before is
 *    answered as it was then, whatever the rates are now.
 * 2. The latest rates that are fresh enough give the pair's exact rate, over the euro.
 * 3. The margin of pair and lock window is taken off, and the amount converted.
 * 4. The quote is written, once and for ever.
 */
export async function createQuote(
  dependencies: CreateQuoteDependencies,
  request: CreateQuoteRequest,
  now: Date,
): Promise<CreateQuoteResult> {
  const quoteId = deriveId('fxq_', request.principal.id, 'POST /v1/fx-quotes', request.idempotencyKey);
  const first = await dependencies.quotes.find(quoteId);
  if (first) return replay(first, request);
  const made = await makeQuote(dependencies, request, quoteId, now);
  if (made.kind !== 'made') return made;
  const opened = await dependencies.quotes.open(made.quote);
  if (opened.kind === 'exists') return replay(opened.quote, request);
  return { kind: 'created', quote: made.quote, replayed: false };
}

function replay(quote: FxQuote, { from, to, amount, lock }: CreateQuoteRequest): CreateQuoteResult {
  const isSame = quote.from === from && quote.to === to && quote.amount === amount && quote.lock === lock;
  return isSame ? { kind: 'created', quote, replayed: true } : { kind: 'keyReused' };
}

type Made =
  { readonly kind: 'made'; readonly quote: FxQuote } | Exclude<CreateQuoteResult, { kind: 'created' | 'keyReused' }>;

async function makeQuote(
  { rates, source, settings }: CreateQuoteDependencies,
  { principal, from, to, amount, lock }: CreateQuoteRequest,
  quoteId: string,
  now: Date,
): Promise<Made> {
  if (from === to) return { kind: 'sameCurrency' };
  const found = await usableRates({ rates, source, staleAfterDays: settings.staleAfterDays }, now);
  if (found.kind === 'none') return { kind: 'ratesUnavailable', why: found.why };
  const reference = crossRate(found.rates, from, to);
  if (!reference) return { kind: 'pairUnknown' };
  const pricing = price({ from, to, amount }, reference, marginOf(settings, from, to, lock));
  const { convertedAmount } = pricing;
  if (convertedAmount < 1n || convertedAmount > largestAmount) return { kind: 'amountOutOfRange', convertedAmount };
  return {
    kind: 'made',
    quote: {
      ...{ id: quoteId, ownerId: principal.id, from, to, amount, lock },
      ...pricing,
      rateDate: found.rates.date,
      createdAt: now.toISOString(),
      expiresAt: expiryOf(lock, now).toISOString(),
      version: 1,
    },
  };
}
