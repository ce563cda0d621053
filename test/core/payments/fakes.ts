import type { Principal } from '../../../core/access/principal.ts';
import type { GiftCardDependencies } from '../../../core/gift-cards/change-gift-card.ts';
import type { Review } from '../../../core/fraud/reviews/review.ts';
import type { AuthorizationOrder } from '../../../core/payments/messages.ts';
import type { CardTender, Payment } from '../../../core/payments/payment.ts';
import type {
  AuthorizationWorkflow,
  OutcomeStore,
  PaymentStore,
  Seller,
  StoredTransition,
} from '../../../core/payments/ports.ts';
import { recordOutcome } from '../../../core/payments/record-outcome.ts';
import type { Outcome } from '../../../core/payments/transition.ts';
import { applyChange } from '../../../core/payments/transition.ts';
import type { CardToken } from '../../../core/tokens/token.ts';
import { backOff, fakeGiftCardStore } from '../gift-cards/fakes.ts';

export const platform: Principal = { kind: 'client', id: 'client-platform', scopes: ['payments/create'] };
export const demoSeller: Seller = {
  id: 'sel_demo',
  currencies: ['EUR', 'JPY'],
  terms: { processingFeeBasisPoints: 300, commissionBasisPoints: 1500, releaseDays: 7 },
};

export const cardToken: CardToken = {
  id: 'tok_00000000000000000000000001',
  ownerId: platform.id,
  brand: 'visa',
  funding: 'credit',
  bin: '424242',
  last4: '4242',
  expMonth: 12,
  expYear: 2030,
  fingerprint: { version: 1, value: 'fingerprint-of-the-card' },
  createdAt: '2026-11-22T10:00:00.000Z',
  version: 1,
};

/** Gift cards of which there are none. */
export const noGiftCards = { giftCards: fakeGiftCardStore().store, backOff, revivalDays: 90 };

/** A store with DynamoDB's promises: conditional writes, one at a time. */
export function fakePaymentStore() {
  const payments = new Map<string, Payment>();
  const transitions = new Map<string, StoredTransition[]>();
  const of = (paymentId: string) => transitions.get(paymentId) ?? [];
  const reviews = new Map<string, Review>();
  const store: PaymentStore & OutcomeStore = {
    open: (payment) => {
      const existing = payments.get(payment.id);
      if (existing) return Promise.resolve({ kind: 'exists', payment: existing });
      payments.set(payment.id, payment);
      return Promise.resolve({ kind: 'opened' });
    },
    find: (paymentId) => Promise.resolve(payments.get(paymentId)),
    endFlight: ({ id }) => {
      const payment = payments.get(id);
      if (payment?.status === 'processing' && !payment.outcomeWasUnknown) {
        payments.set(id, { ...payment, inFlightUntil: payment.createdAt });
      }
      return Promise.resolve(payments.get(id));
    },
    record: (transition, review) => {
      const payment = payments.get(transition.paymentId);
      if (payment?.status !== transition.from || payment.version !== transition.change.version - 1) {
        return Promise.resolve('changed');
      }
      payments.set(payment.id, applyChange(payment, transition.change));
      transitions.set(payment.id, [...of(payment.id), { ...transition, version: transition.change.version }]);
      if (review) reviews.set(review.id, review);
      return Promise.resolve('recorded');
    },
    changeOf: (paymentId, version) =>
      Promise.resolve(of(paymentId).find((transition) => transition.version === version)?.change),
    history: (paymentId) => {
      const payment = payments.get(paymentId);
      return Promise.resolve(payment && { payment, transitions: of(paymentId) });
    },
    list: () => Promise.reject(new Error('not used')),
  };
  return { store, payments, reviews, transitionsOf: of };
}

/** A workflow that comes to the given outcome, or dies before it does. */
export function fakeWorkflow(
  store: OutcomeStore,
  outcome: Outcome | 'dies',
  now: Date,
  giftCards: GiftCardDependencies = noGiftCards,
) {
  const orders: AuthorizationOrder[] = [];
  const workflow: AuthorizationWorkflow = {
    run: async (order) => {
      orders.push(order);
      if (outcome === 'dies') return { kind: 'unfinished' };
      const change = await recordOutcome({ payments: store, giftCards }, order.paymentId, outcome, undefined, now);
      return outcome.kind === 'unknown' ? { kind: 'unfinished' } : { kind: 'finished', change };
    },
  };
  return { workflow, orders };
}

/** The card that pays of itself. */
export const cardTender: CardTender = {
  type: 'card',
  tokenId: cardToken.id,
  brand: 'visa',
  funding: 'credit',
  bin: '424242',
  last4: '4242',
  fingerprint: 'f',
};

/** A payment that was just opened. */
export function processingPayment(amount = 4200n): Payment {
  return {
    id: 'pay_00000000000000000000000001',
    ownerId: platform.id,
    ownerKind: 'client',
    requestHash: 'req_1',
    openedBy: 'request-1',
    sellerId: 'sel_demo',
    buyer: { id: 'buyer-1', email: 'ada@example.com' },
    context: { ip: '192.0.2.1', deviceId: 'd', userAgent: 'u', billingCountry: 'DE', shippingCountry: 'DE' },
    tender: cardTender,
    amount,
    currency: 'EUR',
    status: 'processing',
    attempt: 1,
    capture: 'manual',
    terms: demoSeller.terms,
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountRefunded: 0n,
    capturable: 0n,
    refundable: 0n,
    movements: {},
    outcomeWasUnknown: false,
    inFlightUntil: '2026-11-22T10:00:00.000Z',
    resolveAt: '2026-11-22T10:00:00.000Z',
    resolveRound: 0,
    createdAt: '2026-11-22T10:00:00.000Z',
    updatedAt: '2026-11-22T10:00:00.000Z',
    version: 1,
  };
}
