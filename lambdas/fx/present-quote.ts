import type { FxQuote as FxQuoteAnswer } from '../../contracts/fx.ts';
import type { FxQuote } from '../../core/fx/quote.ts';
import { exactNumber } from '../../core/payments/messages.ts';

/** A quote as the API shows it. */
export function presentQuote(quote: FxQuote): FxQuoteAnswer {
  const { id, from, to, lock, baseRate, feeRate, rate, rateDate, expiresAt, createdAt, version } = quote;
  return {
    ...{ object: 'fx_quote', id, from, to, lock, baseRate, feeRate, rate, rateDate, expiresAt, createdAt, version },
    amount: exactNumber(quote.amount),
    convertedAmount: exactNumber(quote.convertedAmount),
  };
}
