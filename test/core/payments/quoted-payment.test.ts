import { describe, expect, test } from '@jest/globals';
import type { FxQuote } from '../../../core/fx/quote.ts';
import type { CreatePaymentDependencies, CreatePaymentRequest } from '../../../core/payments/create-payment.ts';
import { createPayment } from '../../../core/payments/create-payment.ts';
import type { Payment } from '../../../core/payments/payment.ts';
import { now } from '../fx/fakes.ts';
import { givenQuote } from '../fx/random-conversion.ts';
import { cardToken, demoSeller, fakePaymentStore, fakeWorkflow, platform } from './fakes.ts';

const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const quote = givenQuote({ from: 'USD', to: 'EUR', amount: 4200n }, { numerator: 9n, denominator: 10n }, 100);

function request(changes: Partial<CreatePaymentRequest> = {}): CreatePaymentRequest {
  return {
    principal: platform,
    idempotencyKey: 'order-1',
    requestId: 'request-1',
    sellerId: demoSeller.id,
    amount: 4200n,
    currency: 'USD',
    tokenId: cardToken.id,
    giftCards: [],
    fxQuoteId: quote.id,
    capture: 'manual',
    buyer: { id: 'buyer-1', email: 'ada@example.com' },
    context: { ip: '192.0.2.1', deviceId: 'device-1', userAgent: 'test', billingCountry: 'DE', shippingCountry: 'DE' },
    ...changes,
  };
}

function given(standing: FxQuote = quote) {
  const { store, payments } = fakePaymentStore();
  const expiresAt = later(7 * 86_400).toISOString();
  const approved = { kind: 'approved', approvalCode: 'A1', networkReference: 'N1', expiresAt } as const;
  const { workflow } = fakeWorkflow(store, approved, now);
  const uses = new Map<string, string>();
  const open = async (payment: Payment) => {
    const { quoteId = '' } = payment.conversion ?? {};
    if (uses.has(quoteId) && !payments.has(payment.id)) return { kind: 'quoteUsed' as const };
    uses.set(quoteId, payment.id);
    return store.open(payment);
  };
  const dependencies: CreatePaymentDependencies = {
    payments: store,
    workflow,
    sellers: [demoSeller],
    findGiftCard: () => Promise.reject(new Error('no gift card is named')),
    findToken: () => Promise.resolve(cardToken),
    conversions: {
      quotes: { find: (id) => Promise.resolve(id === standing.id ? standing : undefined) },
      borneBy: 'seller',
      open,
    },
  };
  return { dependencies, payments, uses };
}

describe('a payment with a quote', () => {
  test('is of what the buyer pays, and keeps how that becomes the seller’s money', async () => {
    const { dependencies, uses } = given();
    const result = await createPayment(dependencies, request(), now);
    expect(result).toMatchObject({
      kind: 'created',
      payment: {
        ...{ status: 'authorized', amount: 4200n, currency: 'USD' },
        // 0.9 euros a dollar: 37.80, less one percent.
        conversion: { quoteId: quote.id, currency: 'EUR', rate: '0.891', worth: 3780n, proceeds: 3742n, spread: 38n },
      },
    });
    expect([...uses.keys()]).toEqual([quote.id]);
  });

  test.each([
    ['unknown', { fxQuoteId: 'fxq_00000000000000000000000009' }, {}, { kind: 'quoteUnknown' }],
    ['a stranger’s', {}, { ownerId: 'client-other' }, { kind: 'quoteUnknown' }],
    ['over', {}, { expiresAt: now.toISOString() }, { kind: 'quoteExpired', expiredAt: now.toISOString() }],
    ['for another amount', { amount: 4201n }, {}, { kind: 'quoteMismatch', amount: 4200n, currency: 'USD' }],
    ['from another currency', { currency: 'GBP' }, {}, { kind: 'quoteMismatch', amount: 4200n, currency: 'USD' }],
    ['into what the seller does not take', {}, { to: 'CHF' }, { kind: 'currencyNotAccepted' }],
  ])('is refused when the quote is %s, and nothing is written', async (_what, asked, changes, refusal) => {
    const { dependencies, payments, uses } = given({ ...quote, ...changes });
    expect(await createPayment(dependencies, request(asked), now)).toEqual(refusal);
    expect([payments.size, uses.size]).toEqual([0, 0]);
  });

  test('is refused when another payment was made with the quote', async () => {
    const { dependencies, payments } = given();
    await createPayment(dependencies, request(), now);
    const other = request({ idempotencyKey: 'order-2', requestId: 'request-2' });
    expect(await createPayment(dependencies, other, now)).toEqual({ kind: 'quoteUsed' });
    expect(payments.size).toBe(1);
  });

  test('asked for again after the quote is over is answered as it was', async () => {
    const { dependencies } = given();
    const first = await createPayment(dependencies, request(), now);
    const again = await createPayment(dependencies, request({ requestId: 'request-2' }), later(7200));
    expect(again).toEqual({ ...first, replayed: true });
  });

  test('asked for again without the quote is another request', async () => {
    const { dependencies } = given();
    await createPayment(dependencies, request(), now);
    const without = request({ requestId: 'request-2', fxQuoteId: undefined });
    expect(await createPayment(dependencies, { ...without, currency: 'EUR' }, now)).toEqual({ kind: 'keyReused' });
  });
});
