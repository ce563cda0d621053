import type { Principal } from '../access/principal.ts';
import type { Conversion, ConversionBearer } from '../fx/conversion.ts';
import { conversionOf } from '../fx/conversion.ts';
import type { QuoteStore } from '../fx/ports.ts';
import { takeQuote } from '../fx/take-quote.ts';
import type { ResolvedCode } from '../gift-cards/resolve-code.ts';
import type { GiftCard } from '../gift-cards/gift-card.ts';
import type { Guess } from '../gift-cards/ports.ts';
import { deriveId } from '../ids.ts';
import type { CardToken } from '../tokens/token.ts';
import type { CreatePaymentRequest } from './new-payment.ts';
import { authorizationOrderOf, newPayment, requestHash } from './new-payment.ts';
import type { Payment } from './payment.ts';
import type { AuthorizationWorkflow, OpenedPayment, PaymentStore, Seller } from './ports.ts';
import type { OfferedGiftCard, TenderRefusal } from './tenders/plan-tenders.ts';
import { planTenders } from './tenders/plan-tenders.ts';
import { giftCardIdsOf } from './tenders/gift-card-steps.ts';
import type { PaymentChange } from './transition.ts';
import { applyChange, paymentAsOf } from './transition.ts';

export type { CreatePaymentRequest } from './new-payment.ts';

/** Why no payment was opened. */
export type CreatePaymentRefusal =
  | { readonly kind: 'sellerUnknown' }
  | { readonly kind: 'currencyNotAccepted' }
  | { readonly kind: 'tokenUnknown' }
  /** No gift card has this code, or nothing of it can be spent: one answer for all. */
  | { readonly kind: 'giftCardUnknown' }
  | { readonly kind: 'tooManyGuesses' }
  | { readonly kind: 'quoteUnknown' }
  | { readonly kind: 'quoteExpired'; readonly expiredAt: string }
  /** The quote is for another amount or currency. */
  | { readonly kind: 'quoteMismatch'; readonly amount: bigint; readonly currency: string }
  /** Another payment was made with it. */
  | { readonly kind: 'quoteUsed' }
  | TenderRefusal;

export type CreatePaymentResult =
  /** `payment.status` is `processing` when the outcome is not known yet. */
  | { readonly kind: 'created'; readonly payment: Payment; readonly replayed: boolean }
  | { readonly kind: 'inFlight' }
  | { readonly kind: 'keyReused' }
  | CreatePaymentRefusal;

export interface CreatePaymentDependencies {
  readonly payments: PaymentStore;
  readonly workflow: AuthorizationWorkflow;
  readonly sellers: readonly Seller[];
  /** The caller's own token; undefined when there is none or it is somebody else's. */
  readonly findToken: (tokenId: string, principal: Principal) => Promise<CardToken | undefined>;
  /** The gift card that a code opens, under the count of wrong guesses; `isKnown` and `isNoGuess` as for `resolveCode`. */
  readonly findGiftCard: (
    guess: Guess & {
      readonly code: string;
      readonly isKnown: (card: GiftCard) => boolean;
      readonly isNoGuess: boolean;
    },
  ) => Promise<ResolvedCode>;
  readonly conversions: ConversionDependencies;
}

export interface ConversionDependencies {
  readonly quotes: Pick<QuoteStore, 'find'>;
  readonly borneBy: ConversionBearer;
  /** Writes a new converted payment together with the use of its quote, or neither. */
  readonly open: (payment: Payment) => Promise<OpenedPayment | { readonly kind: 'quoteUsed' }>;
}

/**
 * Creates a payment and authorizes it.
 *
 * Primary course:
 * 1. The payment's id is derived from the caller, the route and the Idempotency-Key, so a retry finds the first.
 * 2. Gift cards are found by their codes; from here on they go by their ids.
 * 3. The seller takes the currency, or a quote converts it; the token is the caller's, and the tenders cover the amount.
 * 4. The payment is written as `processing`, with the use of its quote; should we die here, the stream has told of it (look-after.ts).
 * 5. The workflow scores it, holds all tenders and records the outcome; its change is applied to what we hold.
 *
 * A request that came before is answered as it was then; one that is still under way is `inFlight`; another request
 * under the same key is `keyReused`. Infrastructure errors are thrown, and the same key may be used again.
 */
export async function createPayment(
  dependencies: CreatePaymentDependencies,
  request: CreatePaymentRequest,
  now: Date,
): Promise<CreatePaymentResult> {
  const { payments } = dependencies;
  const paymentId = deriveId('pay_', request.principal.id, 'POST /v1/payments', request.idempotencyKey);
  const found = await findGiftCards(dependencies, request, paymentId, now);
  if (found.kind === 'replay') return replay(payments, found.first, found.hash, now);
  if (found.kind !== 'found') return found;
  const prepared = await prepare(dependencies, request, { paymentId, ...found }, now);
  if (prepared.kind !== 'prepared') {
    // A retry must get its first answer even when the token was deleted in between.
    const first = await payments.find(paymentId);
    return first ? replay(payments, first, found.hash, now) : prepared;
  }
  const opened = await open(dependencies, prepared.payment);
  if (opened.kind === 'quoteUsed') return opened;
  if (opened.kind === 'exists' && opened.payment.openedBy !== request.requestId) {
    return replay(payments, opened.payment, found.hash, now);
  }
  const run = await dependencies.workflow.run(authorizationOrderOf(prepared.payment, request.context));
  // A capture that began with the approval has been taken further since.
  if (run.kind === 'finished' && !run.change.movement) return created(applyChange(prepared.payment, run.change));
  return created(await presentState(payments, prepared.payment));
}

/** A quote is good for one payment: whoever comes second finds it used. */
function open({ payments, conversions }: CreatePaymentDependencies, payment: Payment) {
  return payment.conversion ? conversions.open(payment) : payments.open(payment);
}

/**
 * The payment as it stands, after a workflow that gave no answer or went on to capture. Nobody waits for it any longer,
 * so a retry gets this answer rather than being told to wait. What fails here costs the caller nothing: the payment is
 * written, and will be looked into.
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

interface FoundGiftCards {
  readonly kind: 'found';
  readonly hash: string;
  readonly offered: readonly OfferedGiftCard[];
}

/**
 * The gift cards that the request's codes open. A request that came before may have spent them: its own cards are no
 * guess, however little is left on them, and it is answered as it was then. A request without gift cards asks nobody.
 */
async function findGiftCards(
  dependencies: CreatePaymentDependencies,
  request: CreatePaymentRequest,
  paymentId: string,
  now: Date,
): Promise<OpenedCodes> {
  if (request.giftCards.length === 0) return { kind: 'found', hash: requestHash(request, []), offered: [] };
  const { payments } = dependencies;
  const before = await payments.find(paymentId);
  const opened = await openCodes(dependencies, request, before, now);
  if (before || opened.kind !== 'giftCardUnknown') return opened;
  // The same request, sent twice at once, may have held all that is on them since we looked.
  const first = await payments.find(paymentId);
  return first ? openCodes(dependencies, request, first, now) : opened;
}

type OpenedCodes =
  | FoundGiftCards
  | { readonly kind: 'replay'; readonly first: Payment; readonly hash: string | undefined }
  | { readonly kind: 'giftCardUnknown' | 'tooManyGuesses' };

/** In: the payment that came before under this key, if any. */
async function openCodes(
  { findGiftCard }: CreatePaymentDependencies,
  request: CreatePaymentRequest,
  first: Payment | undefined,
  now: Date,
): Promise<OpenedCodes> {
  const own = first ? giftCardIdsOf(first) : [];
  const offered: OfferedGiftCard[] = [];
  for (const [index, { code, amount: asked }] of request.giftCards.entries()) {
    const resolved = await findGiftCard({
      code,
      principalId: request.principal.id,
      guessId: `${request.requestId}-${index}`,
      isKnown: ({ id }) => own.includes(id),
      // Of what came before nobody learns more than that their codes are its own: it is answered whatever was guessed since.
      isNoGuess: first !== undefined,
      now,
    });
    if (resolved.kind === 'tooManyGuesses') return resolved;
    if (resolved.kind === 'found') offered.push({ card: resolved.card, asked });
    else return first ? { kind: 'replay', first, hash: undefined } : { kind: 'giftCardUnknown' };
  }
  const cardIds = offered.map(({ card }) => card.id);
  const hash = requestHash(request, cardIds);
  return first ? { kind: 'replay', first, hash } : { kind: 'found', hash, offered };
}

type Prepared = { readonly kind: 'prepared'; readonly payment: Payment } | CreatePaymentRefusal;

async function prepare(
  { sellers, findToken, conversions }: CreatePaymentDependencies,
  request: CreatePaymentRequest,
  { paymentId, hash, offered }: Omit<FoundGiftCards, 'kind'> & { readonly paymentId: string },
  now: Date,
): Promise<Prepared> {
  const seller = sellers.find(({ id }) => id === request.sellerId);
  if (!seller) return { kind: 'sellerUnknown' };
  const found = await findConversion(conversions, request, now);
  if (found.kind !== 'found') return found;
  const { conversion } = found;
  if (!seller.currencies.includes(conversion?.currency ?? request.currency)) return { kind: 'currencyNotAccepted' };
  const token = request.tokenId === undefined ? undefined : await findToken(request.tokenId, request.principal);
  if (request.tokenId !== undefined && !token) return { kind: 'tokenUnknown' };
  const plan = { paymentId, requestHash: hash, seller, conversion };
  if (offered.length === 0) {
    return { kind: 'prepared', payment: newPayment(request, { ...plan, token }, now) };
  }
  const tenders = planTenders(request, offered, token !== undefined);
  if (tenders.kind !== 'planned') return tenders;
  // A card beside gift cards that pay for all is left alone.
  const cardPays = tenders.shares.some(({ giftCardId }) => giftCardId === undefined);
  const paying = { ...plan, token: cardPays ? token : undefined, shares: tenders.shares };
  return { kind: 'prepared', payment: newPayment(request, paying, now) };
}

/** The conversion that the request's quote promises. An expired quote is refused, never priced again. */
async function findConversion(
  { quotes, borneBy }: ConversionDependencies,
  { principal, fxQuoteId: quoteId, amount, currency }: CreatePaymentRequest,
  now: Date,
): Promise<{ readonly kind: 'found'; readonly conversion?: Conversion } | CreatePaymentRefusal> {
  if (quoteId === undefined) return { kind: 'found' };
  const taken = await takeQuote({ quotes }, { quoteId, principal }, now);
  if (taken.kind !== 'taken') return taken;
  const { quote } = taken;
  if (quote.from !== currency || quote.amount !== amount) {
    return { kind: 'quoteMismatch', amount: quote.amount, currency: quote.from };
  }
  return { kind: 'found', conversion: conversionOf(quote, borneBy) };
}

/** In: the payment that came before under this key, and the request's hash where it could be told. */
async function replay(
  payments: PaymentStore,
  payment: Payment,
  hash: string | undefined,
  now: Date,
): Promise<CreatePaymentResult> {
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
  return { kind: 'created', payment: first ? paymentAsOf(payment, first) : payment, replayed: true };
}

/** The change that the first answer told: the authorization's outcome, or that of the capture which began with it. */
async function firstAnswer(payments: PaymentStore, payment: Payment): Promise<PaymentChange | undefined> {
  const outcome = await payments.changeOf(payment.id, 2);
  const capture = outcome?.movement && payment.movements[outcome.movement.id];
  return capture?.version === undefined ? outcome : payments.changeOf(payment.id, capture.version);
}
