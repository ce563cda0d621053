import type { Dispute } from '../../contracts/disputes.ts';
import type { Exception } from '../../contracts/exceptions.ts';
import type { FxQuote } from '../../contracts/fx.ts';
import type { FoundGiftCard, GiftCard, IssuedGiftCard } from '../../contracts/gift-cards.ts';
import type { LedgerEntry, TrialBalance } from '../../contracts/ledger.ts';
import type { Capture, Refund } from '../../contracts/movements.ts';
import type { Payment } from '../../contracts/payments.ts';
import type { Problem } from '../../contracts/problem.ts';
import type { Review } from '../../contracts/reviews.ts';
import type { CardToEncrypt, EncryptionKey } from './encrypt-card.ts';
import { encryptCard } from './encrypt-card.ts';
import type { List } from './list.ts';
import { listCall } from './list.ts';
import { operatorsCalls } from './operators-calls.ts';
import type { ClientOptions, Guard } from './transport.ts';
import { createTransport, has } from './transport.ts';

export type { CardToEncrypt, EncryptionKey } from './encrypt-card.ts';
export { encryptCard } from './encrypt-card.ts';
export type { ReviewDecision } from './operators-calls.ts';
export type { ClientOptions } from './transport.ts';
export { QuittanceError } from './transport.ts';
export type {
  Capture,
  Dispute,
  Exception,
  FoundGiftCard,
  FxQuote,
  GiftCard,
  IssuedGiftCard,
  LedgerEntry,
  List,
  Payment,
  Problem,
  Refund,
  Review,
  TrialBalance,
};

export interface Token {
  readonly id: string;
  readonly brand: string;
  readonly funding: string;
  readonly last4: string;
}

export interface CreatePayment {
  readonly sellerId: string;
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Up to five gift cards, which pay in their order, and at most one card, which pays the rest. */
  readonly tenders: readonly (
    | { readonly type: 'card'; readonly token: string }
    | { readonly type: 'gift_card'; readonly code: string; readonly amount?: number }
  )[];
  /** Converts what the buyer pays into the seller's currency: `amount` and `currency` are the quote's `amount` and `from`. */
  readonly fxQuoteId?: string;
  /** `manual` unless given. */
  readonly capture?: 'manual' | 'automatic';
  readonly buyer: { readonly id: string; readonly email: string };
  readonly context: {
    readonly ip: string;
    readonly deviceId: string;
    readonly userAgent: string;
    readonly billingCountry: string;
    readonly shippingCountry: string;
  };
}

export interface CreateFxQuote {
  readonly from: string;
  readonly to: string;
  /** Minor units of `from`. */
  readonly amount: number;
  /** For how long the rate is promised. */
  readonly lock: '5m' | '1h' | '24h';
}

export interface IssueGiftCard {
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly validDays?: number;
}

export interface TimelineEntry {
  readonly kind: 'transition' | 'attempt' | 'run';
  readonly at: string;
  readonly [member: string]: unknown;
}

/**
 * The API as functions. Every POST that moves money sends an Idempotency-Key and keeps it over its retries, so that a
 * lost answer is asked for again instead of paid again. Errors are QuittanceError with the problem's `code`.
 */
export function createClient(options: ClientOptions) {
  const { send } = createTransport(options);
  return {
    ...operatorsCalls(send),
    /** Encrypts the card for the vault's present key and replaces it by a token. */
    createToken: async (card: CardToEncrypt, now = new Date()): Promise<Token> => {
      const key = await send({ method: 'GET', path: '/v1/encryption-key', expect: isEncryptionKey });
      const envelope = await encryptCard(card, key, { now });
      return send({ method: 'POST', path: '/v1/tokens', body: { card: envelope }, expect: isToken });
    },
    /** The caller's saved cards; `limit`, `cursor`. */
    listTokens: (page: Readonly<Record<string, string>> = {}) => send(listCall<Token>('/v1/tokens', page)),
    /**
     * Authorizes a payment. Status `processing` means that the outcome is not known yet: ask again, never pay again.
     * The key names the payment for ever: keep it with the order, so that whatever happens here the same call, made
     * again, finds this payment.
     */
    createPayment: (payment: CreatePayment, idempotencyKey: string): Promise<Payment> =>
      send({ method: 'POST', path: '/v1/payments', body: payment, idempotencyKey, expect: isPayment }),
    /** Captures `amount` of what is authorized, or all that is left; `final` releases what is then left. */
    capturePayment: (
      id: string,
      capture: { readonly amount?: number; readonly final?: boolean },
      idempotencyKey: string,
    ): Promise<Capture> =>
      send({ method: 'POST', path: `/v1/payments/${id}/captures`, body: capture, idempotencyKey, expect: isCapture }),
    /** Releases what is authorized and not captured. */
    voidPayment: (id: string, idempotencyKey: string): Promise<Payment> =>
      send({ method: 'POST', path: `/v1/payments/${id}/void`, idempotencyKey, expect: isPayment }),
    /** Gives back `amount` of what was captured, or all that is left. */
    refundPayment: (
      id: string,
      refund: { readonly amount?: number; readonly reason: string },
      idempotencyKey: string,
    ): Promise<Refund> =>
      send({ method: 'POST', path: `/v1/payments/${id}/refunds`, body: refund, idempotencyKey, expect: isRefund }),
    getPayment: (id: string): Promise<Payment> =>
      send({ method: 'GET', path: `/v1/payments/${id}`, expect: isPayment }),
    listPayments: (filters: Readonly<Record<string, string>> = {}) => send(listCall<Payment>('/v1/payments', filters)),
    getTimeline: (id: string) => send(listCall<TimelineEntry>(`/v1/payments/${id}/timeline`)),
    /** Promises an exchange rate for an amount, to be used by one payment. */
    createFxQuote: (quote: CreateFxQuote, idempotencyKey: string): Promise<FxQuote> =>
      send({ method: 'POST', path: '/v1/fx-quotes', body: quote, idempotencyKey, expect: isFxQuote }),
    /** Issues a gift card. Its code is in this answer alone; a lost answer is asked for again within 30 minutes. */
    issueGiftCard: (order: IssueGiftCard, idempotencyKey: string): Promise<IssuedGiftCard> =>
      send({ method: 'POST', path: '/v1/gift-cards', body: order, idempotencyKey, expect: isGiftCard }),
    getGiftCard: (id: string): Promise<GiftCard> =>
      send({ method: 'GET', path: `/v1/gift-cards/${id}`, expect: isGiftCard }),
    /** What can be spent of the card that a code opens; `gift_card_not_found` when nothing can. */
    lookUpGiftCard: (code: string): Promise<FoundGiftCard> =>
      send({ method: 'POST', path: '/v1/gift-cards/lookup', body: { code }, expect: isFoundGiftCard }),
  };
}

const isPayment: Guard<Payment> = (answer): answer is Payment => has(answer, 'object') && answer.object === 'payment';
const isCapture: Guard<Capture> = (answer): answer is Capture => has(answer, 'object') && answer.object === 'capture';
const isRefund: Guard<Refund> = (answer): answer is Refund => has(answer, 'object') && answer.object === 'refund';
const isFxQuote: Guard<FxQuote> = (answer): answer is FxQuote => has(answer, 'object') && answer.object === 'fx_quote';
const isGiftCard: Guard<IssuedGiftCard> = (answer): answer is IssuedGiftCard =>
  isFoundGiftCard(answer) && has(answer, 'balance');
const isFoundGiftCard: Guard<FoundGiftCard> = (answer): answer is FoundGiftCard =>
  has(answer, 'object') && answer.object === 'gift_card';
const isToken: Guard<Token> = (answer): answer is Token => has(answer, 'object') && answer.object === 'token';
const isEncryptionKey: Guard<EncryptionKey> = (answer): answer is EncryptionKey => has(answer, 'kid');

/** An access token by client credentials, kept until a minute before it expires. */
export function clientCredentials(options: {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds since the epoch; the machine's clock when left out. */
  readonly now?: () => number;
}): () => Promise<string> {
  const now = options.now ?? Date.now;
  let kept: { token: string; until: number } | undefined;
  return async () => {
    if (kept && now() < kept.until) return kept.token;
    const answer = await fetch(options.tokenUrl, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${options.clientId}:${options.clientSecret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    if (!answer.ok) throw new Error(`The token endpoint answered ${answer.status}`);
    const body: unknown = await answer.json();
    if (!has(body, 'access_token') || !has(body, 'expires_in')) throw new Error('The token endpoint gave no token');
    const token = String(body.access_token);
    kept = { token, until: now() + (Number(body.expires_in) - 60) * 1000 };
    return token;
  };
}
