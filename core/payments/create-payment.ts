import type { Principal } from '../access/principal.ts';
import { deriveId } from '../ids.ts';
import type { CardToken } from '../tokens/token.ts';
import type { AuthorizationOrder } from './messages.ts';
import type { Payment, PaymentContext } from './payment.ts';
import type { AuthorizationWorkflow, PaymentStore, Seller } from './ports.ts';
import type { PaymentChange } from './transition.ts';
import { applyChange } from './transition.ts';

export interface CreatePaymentRequest {
  readonly principal: Principal;
  readonly idempotencyKey: string;
  /** Unique per API request: it tells a Put of our own whose answer was lost from another request's. */
  readonly requestId: string;
  readonly sellerId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly tokenId: string;
  readonly capture: 'manual' | 'automatic';
  readonly buyer: { readonly id: string; readonly email: string };
  readonly context: PaymentContext;
}

export type CreatePaymentResult =
  /** `payment.status` is `processing` when the outcome is not known yet. */
  | { readonly kind: 'created'; readonly payment: Payment; readonly replayed: boolean }
  | { readonly kind: 'inFlight' }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'sellerUnknown' }
  | { readonly kind: 'currencyNotAccepted' }
  | { readonly kind: 'tokenUnknown' };

export interface CreatePaymentDependencies {
  readonly payments: PaymentStore;
  readonly workflow: AuthorizationWorkflow;
  readonly sellers: readonly Seller[];
  /** The caller's own token; undefined when there is none or it is somebody else's. */
  readonly findToken: (tokenId: string, principal: Principal) => Promise<CardToken | undefined>;
}

/** The longest that API Gateway lets a first request run; until then a second one is told to wait. */
const inFlightMilliseconds = 30_000;

/**
 * Creates a payment and authorizes it.
 *
 * Primary course:
 * 1. The payment's id is derived from the caller, the route and the Idempotency-Key, so a retry finds the first.
 * 2. The seller takes the currency, and the token is the caller's.
 * 3. The payment is written as `processing`. Should we die here, the stream has told of it (look-after.ts).
 * 4. The workflow scores it, asks the acquirer and records the outcome; its change is applied to what we hold.
 *
 * A request that came before is answered as it was then; one that is still under way is `inFlight`; another request
 * under the same key is `keyReused`. Infrastructure errors are thrown, and the same key may be used again.
 */
export async function createPayment(
  dependencies: CreatePaymentDependencies,
  request: CreatePaymentRequest,
  now: Date,
): Promise<CreatePaymentResult> {
  const paymentId = deriveId('pay_', request.principal.id, 'POST /v1/payments', request.idempotencyKey);
  const prepared = await prepare(dependencies, request, paymentId, now);
  if (prepared.kind !== 'prepared') {
    // A retry must get its first answer even when the token was deleted in between.
    const first = await dependencies.payments.find(paymentId);
    return first ? replay(dependencies.payments, first, requestHash(request), now) : prepared;
  }
  const opened = await dependencies.payments.open(prepared.payment);
  if (opened.kind === 'exists' && opened.payment.openedBy !== request.requestId) {
    return replay(dependencies.payments, opened.payment, prepared.payment.requestHash, now);
  }
  const run = await dependencies.workflow.run(toOrder(prepared.payment, request.context));
  // A capture that began with the approval has been taken further since.
  if (run.kind === 'finished' && !run.change.movement) return created(applyChange(prepared.payment, run.change));
  return created(await presentState(dependencies.payments, prepared.payment));
}

/**
 * The payment as it stands, after a workflow that gave no answer or went on to capture. Nobody waits for it any longer, so a retry gets this answer rather
 * than being told to wait. What fails here costs the caller nothing: the payment is written, and will be looked into.
 */
async function presentState(payments: PaymentStore, opened: Payment): Promise<Payment> {
  try {
    return (await payments.endFlight(opened)) ?? opened;
  } catch {
    return opened;
  }
}

function created(payment: Payment): CreatePaymentResult {
  return { kind: 'created', payment, replayed: false };
}

type Prepared =
  | { readonly kind: 'prepared'; readonly payment: Payment }
  | { readonly kind: 'sellerUnknown' | 'currencyNotAccepted' | 'tokenUnknown' };

async function prepare(
  { sellers, findToken }: CreatePaymentDependencies,
  request: CreatePaymentRequest,
  paymentId: string,
  now: Date,
): Promise<Prepared> {
  const seller = sellers.find(({ id }) => id === request.sellerId);
  if (!seller) return { kind: 'sellerUnknown' };
  if (!seller.currencies.includes(request.currency)) return { kind: 'currencyNotAccepted' };
  const token = await findToken(request.tokenId, request.principal);
  if (!token) return { kind: 'tokenUnknown' };
  return { kind: 'prepared', payment: newPayment(request, seller, token, paymentId, now) };
}

function newPayment(
  request: CreatePaymentRequest,
  seller: Seller,
  token: CardToken,
  paymentId: string,
  now: Date,
): Payment {
  const createdAt = now.toISOString();
  return {
    id: paymentId,
    ownerId: request.principal.id,
    ownerKind: request.principal.kind,
    requestHash: requestHash(request),
    openedBy: request.requestId,
    sellerId: request.sellerId,
    buyer: request.buyer,
    context: request.context,
    tender: {
      type: 'card',
      tokenId: token.id,
      brand: token.brand,
      funding: token.funding,
      bin: token.bin,
      last4: token.last4,
      fingerprint: token.fingerprint.value,
    },
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

/**
 * Only what is promised counts: amount, currency, seller, tender, buyer. The context (address, device, browser) may
 * change between a request and its retry; counting it made others authorize twice.
 */
function requestHash(request: CreatePaymentRequest): string {
  const { sellerId, amount, currency, tokenId, buyer, capture } = request;
  return deriveId('req_', sellerId, amount.toString(), currency, tokenId, buyer.id, capture);
}

async function replay(payments: PaymentStore, payment: Payment, hash: string, now: Date): Promise<CreatePaymentResult> {
  if (payment.requestHash !== hash) return { kind: 'keyReused' };
  if (
    payment.status === 'processing' &&
    !payment.outcomeWasUnknown &&
    now.toISOString() < (payment.inFlightUntil ?? '')
  ) {
    return { kind: 'inFlight' };
  }
  // After an unknown outcome the first answer was 202: a replay shows how it stands. So does version 2, the first outcome.
  if (payment.outcomeWasUnknown || payment.version <= 2) return { kind: 'created', payment, replayed: true };
  const first = await firstAnswer(payments, payment);
  return { kind: 'created', payment: first ? asOf(payment, first) : payment, replayed: true };
}

function toOrder(payment: Payment, context: PaymentContext): AuthorizationOrder {
  const { ip, deviceId, billingCountry, shippingCountry } = context;
  return {
    paymentId: payment.id,
    attempt: payment.attempt,
    tokenId: payment.tender.tokenId,
    fingerprint: payment.tender.fingerprint,
    amount: payment.amount,
    currency: payment.currency,
    ip,
    deviceId,
    billingCountry,
    shippingCountry,
  };
}

/** The change that the first answer told: the authorization's outcome, or that of the capture which began with it. */
async function firstAnswer(payments: PaymentStore, payment: Payment): Promise<PaymentChange | undefined> {
  const outcome = await payments.changeOf(payment.id, 2);
  const capture = outcome?.movement && payment.movements[outcome.movement.id];
  return capture?.version === undefined ? outcome : payments.changeOf(payment.id, capture.version);
}

/** The payment as a change left it: without the movements that came later. */
function asOf(payment: Payment, change: PaymentChange): Payment {
  const { version } = change;
  const movements = Object.entries(payment.movements).filter(
    ([, movement]) => (movement.version ?? Infinity) <= version,
  );
  return applyChange({ ...payment, movements: Object.fromEntries(movements) }, change);
}
