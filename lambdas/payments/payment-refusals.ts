import type { CreatePaymentResult } from '../../core/payments/create-payment.ts';
import { ProblemError } from '../house/problem-error.ts';

/** The problem that a caller is told when no payment was opened. Amounts are minor units; no code is repeated. */
export function toProblem(result: Exclude<CreatePaymentResult, { kind: 'created' }>): ProblemError {
  switch (result.kind) {
    case 'inFlight':
      return new ProblemError('idempotency_in_flight', 'Wait for the first answer, or ask again in half a minute.');
    case 'keyReused':
      return new ProblemError('idempotency_key_reused', 'Use a new key for another payment.');
    case 'sellerUnknown':
      return new ProblemError('seller_unknown', 'No seller has this sellerId.');
    case 'currencyNotAccepted':
      return new ProblemError(
        'currency_not_accepted',
        'The seller does not take this currency. Convert the payment with an FX quote into one that the seller takes.',
      );
    case 'tokenUnknown':
      return new ProblemError('token_unknown', 'No token of yours has this id.');
    case 'giftCardUnknown':
      return new ProblemError('gift_card_unknown', 'A code opens no gift card that can be spent.');
    case 'tooManyGuesses':
      return new ProblemError('too_many_guesses', 'You looked for as many unknown codes as an hour allows. Try later.');
    case 'quoteUnknown':
      return new ProblemError('fx_quote_unknown', 'No FX quote of yours has this id.');
    case 'quoteExpired':
      return new ProblemError(
        'fx_quote_expired',
        `The FX quote was good until ${result.expiredAt}: ask for a new one.`,
      );
    case 'quoteMismatch':
      return new ProblemError(
        'fx_quote_mismatch',
        `The FX quote converts ${result.amount.toString()} ${result.currency}: the payment must be of that.`,
      );
    case 'quoteUsed':
      return new ProblemError('fx_quote_used', 'Another payment was made with this FX quote: ask for a new one.');
    case 'giftCardTwice':
      return new ProblemError('gift_card_twice', 'Two codes open the same gift card: name it once.');
    case 'giftCardCurrencyDiffers':
      return new ProblemError(
        'gift_card_currency_mismatch',
        `A gift card is in ${result.currency}: it pays in its own currency only.`,
      );
    case 'giftCardInsufficient':
      return new ProblemError(
        'gift_card_insufficient',
        `A gift card is to pay ${result.needed.toString()}, ${result.available.toString()} is available on it.`,
      );
    case 'tendersExceedAmount':
      return new ProblemError(
        'tenders_exceed_amount',
        `The gift cards are to pay ${result.offered.toString()}, the payment is of ${result.amount.toString()}.`,
      );
    case 'tendersTooLow':
      return new ProblemError(
        'tenders_too_low',
        `The gift cards pay ${result.offered.toString()} of ${result.amount.toString()}, and there is no card.`,
      );
  }
}
