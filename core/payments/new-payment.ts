import type { Principal } from '../access/principal.ts';
import type { Conversion } from '../fx/conversion.ts';
import { deriveId } from '../ids.ts';
import type { CardToken } from '../tokens/token.ts';
import type { AuthorizationOrder } from './messages.ts';
import type { CardTender, Payment, PaymentContext } from './payment.ts';
import type { Seller } from './ports.ts';
import type { TenderShare } from './tenders/tender-share.ts';

/** The longest that API Gateway lets a first request run; until then a second one is told to wait. */
const inFlightMilliseconds = 30_000;

export interface CreatePaymentRequest {
  readonly principal: Principal;
  readonly idempotencyKey: string;
  /** Unique per API request: it tells a Put of our own whose answer was lost from another request's. */
  readonly requestId: string;
  readonly sellerId: string;
  readonly amount: bigint;
  readonly currency: string;
  /** The card; absent where gift cards are to pay for all. */
  readonly tokenId?: string | undefined;
  /** In the order in which they pay. Codes go no further than the function that looks them up. */
  readonly giftCards: readonly { readonly code: string; readonly amount?: bigint | undefined }[];
  /** The promise by which what the buyer pays becomes the seller's currency. */
  readonly fxQuoteId?: string | undefined;
  readonly capture: 'manual' | 'automatic';
  readonly buyer: { readonly id: string; readonly email: string };
  readonly context: PaymentContext;
}

/** What a request was found to mean: whose it is, and what each tender pays. */
export interface PaymentPlan {
  readonly paymentId: string;
  readonly requestHash: string;
  readonly seller: Seller;
  /** Absent where gift cards pay for all. */
  readonly token?: CardToken | undefined;
  /** Where there are gift cards among the tenders. */
  readonly shares?: readonly TenderShare[] | undefined;
  /** Where a quote converts it. */
  readonly conversion?: Conversion | undefined;
}

/** The payment as it is opened: nothing is held yet. */
export function newPayment(request: CreatePaymentRequest, plan: PaymentPlan, now: Date): Payment {
  const { paymentId, requestHash: hash, seller, token, shares, conversion } = plan;
  const createdAt = now.toISOString();
  return {
    id: paymentId,
    ownerId: request.principal.id,
    ownerKind: request.principal.kind,
    requestHash: hash,
    openedBy: request.requestId,
    sellerId: request.sellerId,
    buyer: request.buyer,
    context: request.context,
    ...(token ? { tender: cardTender(token) } : {}),
    ...(shares ? { shares } : {}),
    ...(conversion ? { conversion } : {}),
    amount: request.amount,
    currency: request.currency,
    status: 'processing',
    attempt: 1,
    capture: request.capture,
    terms: seller.terms,
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountRefunded: 0n,
    capturable: 0n,
    refundable: 0n,
    movements: {},
    outcomeWasUnknown: false,
    inFlightUntil: new Date(now.getTime() + inFlightMilliseconds).toISOString(),
    resolveRound: 0,
    createdAt,
    updatedAt: createdAt,
    version: 1,
  };
}

function cardTender(token: CardToken): CardTender {
  return {
    type: 'card',
    tokenId: token.id,
    brand: token.brand,
    funding: token.funding,
    bin: token.bin,
    last4: token.last4,
    fingerprint: token.fingerprint.value,
  };
}

/**
 * Only what is promised counts: amount, currency, seller, tenders, buyer. The context (address, device, browser) may
 * change between a request and its retry; counting it made others authorize twice. Gift cards count by their ids: their
 * codes are nowhere, not even in a hash without a key, and what is available on them changes with this very payment.
 */
export function requestHash(request: CreatePaymentRequest, giftCardIds: readonly string[]): string {
  const { sellerId, amount, currency, tokenId = '', buyer, capture, fxQuoteId } = request;
  const giftCards = giftCardIds.flatMap((id, index) => [id, request.giftCards[index]?.amount?.toString() ?? '']);
  const quote = fxQuoteId === undefined ? [] : ['fxQuoteId', fxQuoteId];
  return deriveId('req_', sellerId, amount.toString(), currency, tokenId, buyer.id, capture, ...giftCards, ...quote);
}

/** What the workflow that authorizes a payment is told of it. */
export function authorizationOrderOf(payment: Payment, context: PaymentContext): AuthorizationOrder {
  const { ip, deviceId, billingCountry, shippingCountry } = context;
  const { tender, shares } = payment;
  const giftCards = shares?.flatMap(({ giftCardId, amount }) =>
    giftCardId === undefined ? [] : { giftCardId, amount },
  );
  return {
    paymentId: payment.id,
    attempt: payment.attempt,
    ...(tender ? { tokenId: tender.tokenId, fingerprint: tender.fingerprint } : {}),
    sellerId: payment.sellerId,
    buyerId: payment.buyer.id,
    amount: payment.amount,
    ...(giftCards ? { giftCards } : {}),
    currency: payment.currency,
    ip,
    deviceId,
    billingCountry,
    shippingCountry,
  };
}
