import type { Principal } from '../access/principal.ts';
import type { QuoteStore } from './ports.ts';
import type { FxQuote } from './quote.ts';

export type TakenQuote =
  | { readonly kind: 'taken'; readonly quote: FxQuote }
  | { readonly kind: 'quoteUnknown' }
  | { readonly kind: 'quoteExpired'; readonly expiredAt: string };

/**
 * The quote by which a payment is about to be converted.
 *
 * Input: the quote's id, who pays, and when.
 * 1. Find the quote; a stranger's answers like one that does not exist.
 * 2. Check that its time is not over: it is refused then, never priced again silently.
 * Output: the quote. Whether it fits the payment's amount and currency, and is used by one payment alone, is for
 * payments to see to, in the write that opens the payment.
 */
export async function takeQuote(
  { quotes }: { readonly quotes: Pick<QuoteStore, 'find'> },
  { quoteId, principal }: { readonly quoteId: string; readonly principal: Principal },
  now: Date,
): Promise<TakenQuote> {
  const quote = await quotes.find(quoteId);
  if (quote?.ownerId !== principal.id) return { kind: 'quoteUnknown' };
  if (now.toISOString() >= quote.expiresAt) return { kind: 'quoteExpired', expiredAt: quote.expiresAt };
  return { kind: 'taken', quote };
}
