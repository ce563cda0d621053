import * as z from 'zod';
import { conversionBearers } from '../core/fx/conversion.ts';
import { isCurrency } from '../core/money/currencies.ts';
import { mostGiftCards } from '../core/payments/tenders/plan-tenders.ts';
import type { Route } from './route.ts';
import { listOf, listQuery, tokenId } from './tokens.ts';

export const paymentId = z.string().regex(/^pay_[0-9a-z]{26}$/u, 'is not a payment id');
export const sellerId = z.string().regex(/^sel_[0-9a-z]{1,26}$/u, 'is not a seller id');

export const currency = z
  .string()
  .refine(isCurrency, 'is not an ISO 4217 currency')
  .meta({ description: 'ISO 4217 alphabetic code.', example: 'EUR' });

/** The largest amount taken, in minor units (10^12): far below 2^53, so that JSON numbers hold it exactly. */
export const largestAmount = 1_000_000_000_000;
export const amount = z.int().min(1).max(largestAmount).meta({ description: 'Minor units of the currency.' });

/** Free text: Unicode that can be stored and shown, without control characters. */
export const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), 'is not text without control characters');

const country = z.string().regex(/^[A-Z]{2}$/u, 'is not an ISO 3166-1 alpha-2 code');

const cardTender = z.strictObject({ type: z.literal('card'), token: tokenId });

export const fxQuoteId = z.string().regex(/^fxq_[0-9a-z]{26}$/u, 'is not an FX quote id');

export const giftCardId = z.string().regex(/^gc_[0-9a-z]{26}$/u, 'is not a gift card id');

const giftCardTender = z.strictObject({
  type: z.literal('gift_card'),
  /** Every string is taken here, so that whatever is wrong with a code, its length included, is answered alike. */
  code: z.string().meta({ description: 'As it was shown; case, spaces and hyphens do not matter.' }),
  amount: amount.optional().meta({ description: 'Minor units; what is available, as far as needed, when left out.' }),
});

/** As many gift cards as can be held while a caller waits, and at most one card. */
const tenders = z
  .array(z.discriminatedUnion('type', [cardTender, giftCardTender]))
  .min(1)
  .refine((all) => count(all, 'card') <= 1, 'There is at most one card.')
  .refine((all) => count(all, 'gift_card') <= mostGiftCards, `There are at most ${mostGiftCards} gift cards.`)
  .meta({
    description:
      `Up to ${mostGiftCards} gift cards and at most one card, all held before any is taken. Gift cards pay in their order, ` +
      'each its `amount` or what is available on it; the card pays the rest, and is left alone when nothing is left. ' +
      'Captures take gift cards first, in their order, and the card last; refunds go back the other way, the card first.',
  });

function count(all: readonly { readonly type: string }[], type: string): number {
  return all.filter((tender) => tender.type === type).length;
}

export const createPaymentBody = z
  .strictObject({
    sellerId,
    amount,
    currency,
    tenders,
    fxQuoteId: fxQuoteId.optional().meta({
      description:
        "What the buyer pays is the quote's `from` and `amount`, and the payment's `currency` and `amount` must be the same; " +
        "the seller's money is in the quote's `to`, at the promised rate, however long captures and refunds take. A quote is good " +
        'for one payment and is never priced again. A payment in a currency that the seller takes needs none.',
    }),
    capture: z
      .enum(['manual', 'automatic'])
      .default('manual')
      .meta({ description: '`automatic` captures the whole amount as soon as it is authorized.' }),
    buyer: z.strictObject({ id: text(64), email: z.email().max(254) }),
    context: z.strictObject({
      ip: z.union([z.ipv4(), z.ipv6()], 'is neither an IPv4 nor an IPv6 address'),
      deviceId: text(64),
      userAgent: text(512),
      billingCountry: country,
      shippingCountry: country,
    }),
  })
  .meta({ id: 'CreatePayment' });

export const paymentStatus = z.enum([
  'processing',
  'requires_action',
  'in_review',
  'authorized',
  'partially_captured',
  'captured',
  'partially_refunded',
  'refunded',
  'voided',
  'expired',
  'declined',
  'disputed',
  'failed',
]);

/** Why money goes back, in the seller's words. */
export const reason = text(256);

/** What a capture or refund takes from or gives to each tender; the parts sum to its amount. */
export const allocation = z.array(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('gift_card'), giftCardId, amount: z.int() }),
    z.object({ type: z.literal('card'), amount: z.int() }),
  ]),
);

/** What a payment shows of each tender. */
const shownTender = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('card'),
    amount: z.int(),
    token: tokenId,
    brand: z.string(),
    last4: z.string(),
    reference: z.string(),
  }),
  z.object({ type: z.literal('gift_card'), amount: z.int(), giftCardId, reference: z.string() }),
]);

/** A capture or refund as its payment lists it. */
const movement = z.object({
  id: z.string(),
  amount: z.int(),
  status: z.enum(['processing', 'succeeded', 'failed']),
  failureCode: z.string().optional(),
  reference: z.string(),
  allocation,
  createdAt: z.iso.datetime(),
});

export const payment = z
  .object({
    object: z.literal('payment'),
    id: paymentId,
    status: paymentStatus,
    sellerId,
    amount: z.int(),
    currency,
    capture: z.enum(['manual', 'automatic']),
    amountAuthorized: z.int(),
    amountCaptured: z.int(),
    amountRefunded: z.int(),
    tenders: z.array(shownTender),
    conversion: z
      .object({
        quoteId: fxQuoteId,
        rate: z.string(),
        currency: currency.meta({ description: "The seller's." }),
        amount: z.int().meta({ description: 'What the whole payment comes to for the seller, before commission.' }),
        borneBy: z.enum(conversionBearers),
      })
      .optional(),
    buyer: z.object({ id: z.string(), email: z.string().optional() }),
    fraud: z
      .object({
        score: z.number(),
        decision: z.enum(['approve', 'review', 'decline']),
        reasons: z.array(z.object({ code: z.string(), text: z.string() })),
        decidedBy: z
          .enum(['model', 'rules'])
          .meta({ description: 'The rules alone decide when the model failed or took too long.' }),
      })
      .optional(),
    declineCode: z.string().optional(),
    failureCode: z.string().optional(),
    authorizationExpiresAt: z.iso.datetime().optional(),
    captures: z.array(movement.extend({ final: z.boolean() })),
    refunds: z.array(movement.extend({ reason: z.string().optional() })),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    version: z.int(),
  })
  .meta({ id: 'Payment' });

export type Payment = z.infer<typeof payment>;

/** One line of a payment's timeline, in the order of time. */
export const timelineEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('transition'),
    at: z.iso.datetime(),
    version: z.int(),
    from: z.string().nullable(),
    to: paymentStatus,
    cause: z.string(),
    event: z.string(),
  }),
  z.object({
    kind: z.literal('attempt'),
    at: z.iso.datetime(),
    reference: z.string(),
    operation: z.string(),
    outcome: z.string(),
    code: z.string().optional(),
  }),
  z.object({
    kind: z.literal('run'),
    at: z.iso.datetime(),
    workflow: z.string(),
    name: z.string(),
    status: z.string(),
  }),
]);

/**
 * A time of a query, RFC 3339 UTC, brought to milliseconds as stored times are, so that they compare as text. What is no time comes
 * by here too, with its complaint.
 */
export const queryTime = z.iso
  .datetime()
  .overwrite((time) => (Number.isNaN(Date.parse(time)) ? time : new Date(time).toISOString()));

export const listPaymentsQuery = listQuery
  .extend({
    status: paymentStatus.optional(),
    sellerId: sellerId.optional(),
    buyerId: text(64).optional(),
    from: queryTime.optional().meta({ description: 'Created at this time or later.' }),
    to: queryTime.optional().meta({ description: 'Created at this time or earlier.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'is before from',
  });

const capability = 'payments';
const pathParameters = z.strictObject({ id: paymentId });

export const paymentRoutes = {
  createPayment: {
    method: 'POST',
    path: '/v1/payments',
    scope: 'payments/create',
    capability,
    operation: 'create-payment',
    summary: 'Authorizes a payment.',
    idempotent: true,
    body: createPaymentBody,
    answers: {
      201: { description: 'The payment; a decline is an answer too.', schema: payment },
      202: { description: 'The outcome is not known yet: status `processing`.', schema: payment },
    },
  },
  listPayments: {
    method: 'GET',
    path: '/v1/payments',
    scope: 'payments/read',
    capability,
    operation: 'list-payments',
    summary: 'Payments of the caller, newest first.',
    idempotent: false,
    query: listPaymentsQuery,
    answers: { 200: { description: 'A page of payments.', schema: listOf(payment) } },
  },
  getPayment: {
    method: 'GET',
    path: '/v1/payments/{id}',
    scope: 'payments/read',
    capability,
    operation: 'get-payment',
    summary: 'One payment.',
    idempotent: false,
    pathParameters,
    answers: { 200: { description: 'The payment.', schema: payment } },
  },
  getTimeline: {
    method: 'GET',
    path: '/v1/payments/{id}/timeline',
    scope: 'payments/read',
    capability,
    operation: 'get-timeline',
    summary: 'Transitions, acquirer attempts and workflow runs of a payment, in order.',
    idempotent: false,
    pathParameters,
    answers: { 200: { description: 'The timeline.', schema: z.object({ data: z.array(timelineEntry) }) } },
  },
} as const satisfies Record<string, Route>;
