import { describe, expect, test } from '@jest/globals';
import type { CreatePaymentDependencies, CreatePaymentRequest } from '../../../core/payments/create-payment.ts';
import { createPayment } from '../../../core/payments/create-payment.ts';
import { recordOutcome } from '../../../core/payments/record-outcome.ts';
import type { Outcome } from '../../../core/payments/transition.ts';
import { issuedCard } from '../gift-cards/fakes.ts';
import { cardToken, demoSeller, fakePaymentStore, fakeWorkflow, noGiftCards, platform } from './fakes.ts';

const now = new Date('2026-11-22T10:00:00.000Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const expiresAt = '2026-11-29T10:00:00.000Z';
const approved: Outcome = { kind: 'approved', approvalCode: 'A1', networkReference: 'N1', expiresAt };

function request(changes: Partial<CreatePaymentRequest> = {}): CreatePaymentRequest {
  return {
    principal: platform,
    idempotencyKey: 'order-1',
    requestId: 'request-1',
    sellerId: demoSeller.id,
    amount: 4200n,
    currency: 'EUR',
    tokenId: cardToken.id,
    giftCards: [],
    capture: 'manual',
    buyer: { id: 'buyer-1', email: 'ada@example.com' },
    context: { ip: '192.0.2.1', deviceId: 'device-1', userAgent: 'test', billingCountry: 'DE', shippingCountry: 'DE' },
    ...changes,
  };
}

function given(outcome: Outcome | 'dies' = approved, hasToken = () => true) {
  const { store, payments, transitionsOf } = fakePaymentStore();
  const { workflow, orders } = fakeWorkflow(store, outcome, now);
  const dependencies: CreatePaymentDependencies = {
    payments: store,
    workflow,
    sellers: [demoSeller],
    findGiftCard: () => Promise.reject(new Error('no gift card is named')),
    conversions: {
      quotes: { find: () => Promise.reject(new Error('no quote is named')) },
      borneBy: 'seller',
      open: () => Promise.reject(new Error('nothing is converted')),
    },
    findToken: (tokenId, principal) =>
      Promise.resolve(
        hasToken() && tokenId === cardToken.id && principal.id === cardToken.ownerId ? cardToken : undefined,
      ),
  };
  return { dependencies, store, payments, transitionsOf, orders };
}

describe('creating a payment', () => {
  test('authorizes the whole amount and remembers the hold on both sides', async () => {
    const { dependencies, transitionsOf } = given();
    const result = await createPayment(dependencies, request(), now);
    expect(result).toMatchObject({
      kind: 'created',
      replayed: false,
      payment: { status: 'authorized', amountAuthorized: 4200n },
    });
    const [transition] = transitionsOf(result.kind === 'created' ? result.payment.id : '');
    expect(transition?.postings).toEqual([
      { account: 'auth_hold', side: 'debit', amount: 4200n, currency: 'EUR' },
      { account: 'auth_hold_contra', side: 'credit', amount: 4200n, currency: 'EUR' },
    ]);
  });

  test('answers what it stored, and nothing is due: a pass will note when the authorization runs out', async () => {
    const { dependencies, payments } = given();
    const result = await createPayment(dependencies, request(), now);
    expect(result.kind === 'created' && result.payment).toEqual([...payments.values()][0]);
    expect([...payments.values()][0]).toMatchObject({ authorizationExpiresAt: expiresAt });
    expect([...payments.values()][0]).not.toHaveProperty('resolveAt');
  });

  test('with the same key and body answers the first again and asks nobody', async () => {
    const { dependencies, orders } = given();
    const first = await createPayment(dependencies, request(), now);
    const second = await createPayment(dependencies, request({ requestId: 'request-2' }), later(3600));
    expect(second).toEqual({ ...first, replayed: true });
    expect(orders).toHaveLength(1);
  });

  test('ignores what may change between a request and its retry', async () => {
    const { dependencies } = given();
    await createPayment(dependencies, request(), now);
    const context = { ...request().context, ip: '198.51.100.7', userAgent: 'another' };
    const second = await createPayment(dependencies, request({ requestId: 'request-2', context }), later(60));
    expect(second).toMatchObject({ kind: 'created', replayed: true });
  });

  test.each([
    ['amount', { amount: 4201n }],
    ['currency', { currency: 'JPY' }],
    ['buyer', { buyer: { id: 'buyer-2', email: 'ada@example.com' } }],
  ])('with the same key and another %s is refused', async (_what, change) => {
    const { dependencies, orders } = given();
    await createPayment(dependencies, request(), now);
    const second = await createPayment(dependencies, request({ requestId: 'request-2', ...change }), later(60));
    expect(second).toEqual({ kind: 'keyReused' });
    expect(orders).toHaveLength(1);
  });

  test('is in flight for half a minute when the first request died, then shows how it stands', async () => {
    const { dependencies } = given('dies');
    const dead = { ...dependencies.workflow, run: () => Promise.reject(new Error('the function died')) };
    await expect(createPayment({ ...dependencies, workflow: dead }, request(), now)).rejects.toThrow('died');
    const again = request({ requestId: 'request-2' });
    expect(await createPayment(dependencies, again, later(29))).toEqual({ kind: 'inFlight' });
    expect(await createPayment(dependencies, again, later(31))).toMatchObject({
      kind: 'created',
      replayed: true,
      payment: { status: 'processing' },
    });
  });

  test('gets the first answer again as soon as there was one, though the workflow gave none', async () => {
    const { dependencies } = given('dies');
    expect(await createPayment(dependencies, request(), now)).toMatchObject({ payment: { status: 'processing' } });
    const again = request({ requestId: 'request-2' });
    expect(await createPayment(dependencies, again, later(1))).toMatchObject({
      kind: 'created',
      replayed: true,
      payment: { status: 'processing' },
    });
  });

  test('is answered as opened when the store fails after the workflow gave no answer', async () => {
    const { dependencies, store } = given('dies');
    const broken = { ...store, endFlight: () => Promise.reject(new Error('throttled')) };
    const result = await createPayment({ ...dependencies, payments: broken }, request(), now);
    expect(result).toMatchObject({ kind: 'created', payment: { status: 'processing', version: 1 } });
  });

  test('whose outcome is unknown is processing, is looked into at once, and a replay shows the present state', async () => {
    const { dependencies, store } = given({ kind: 'unknown' });
    const first = await createPayment(dependencies, request(), now);
    expect(first).toMatchObject({ payment: { status: 'processing', resolveAt: now.toISOString() } });
    const again = request({ requestId: 'request-2' });
    expect(await createPayment(dependencies, again, later(1))).toMatchObject({
      replayed: true,
      payment: { status: 'processing' },
    });
    await recordOutcome(
      { payments: store, giftCards: noGiftCards },
      first.kind === 'created' ? first.payment.id : '',
      approved,
      undefined,
      later(70),
    );
    expect(await createPayment(dependencies, again, later(80))).toMatchObject({
      replayed: true,
      payment: { status: 'authorized' },
    });
  });

  test('goes on when its own write exists because the answer to it was lost', async () => {
    const { dependencies, store, orders } = given();
    const open = store.open.bind(store);
    const lossy = {
      ...store,
      open: async (payment: Parameters<typeof open>[0]) => {
        await open(payment);
        return open(payment);
      },
    };
    const result = await createPayment({ ...dependencies, payments: lossy }, request(), now);
    expect(result).toMatchObject({ kind: 'created', replayed: false, payment: { status: 'authorized' } });
    expect(orders).toHaveLength(1);
  });

  test.each([
    ['an unknown seller', { sellerId: 'sel_nobody' }, 'sellerUnknown'],
    ['a currency that the seller does not take', { currency: 'CHF' }, 'currencyNotAccepted'],
    ['a token of nobody', { tokenId: 'tok_99999999999999999999999999' }, 'tokenUnknown'],
    ["a stranger's token", { principal: { ...platform, id: 'client-stranger' } }, 'tokenUnknown'],
  ])('refuses %s and stores nothing', async (_what, change, kind) => {
    const { dependencies, payments, orders } = given();
    expect(await createPayment(dependencies, request(change), now)).toEqual({ kind });
    expect(payments.size).toBe(0);
    expect(orders).toHaveLength(0);
  });

  test('answers a retry even when the token was deleted meanwhile', async () => {
    let exists = true;
    const { dependencies } = given(approved, () => exists);
    await createPayment(dependencies, request(), now);
    exists = false;
    const second = await createPayment(dependencies, request({ requestId: 'request-2' }), later(60));
    expect(second).toMatchObject({ kind: 'created', replayed: true, payment: { status: 'authorized' } });
  });

  test('belongs its key to the caller: another caller with the same key makes another payment', async () => {
    const { dependencies, payments } = given();
    const stranger = { ...platform, id: 'client-stranger' };
    await createPayment(dependencies, request(), now);
    await createPayment(
      { ...dependencies, findToken: () => Promise.resolve({ ...cardToken, ownerId: stranger.id }) },
      request({ principal: stranger }),
      now,
    );
    expect(payments.size).toBe(2);
  });
});

test('a request that is sent twice at once finds what its twin opened, though the twin holds all of the gift card', async () => {
  const { dependencies, payments } = given();
  const card = issuedCard(4200n);
  const { tokenId: _byCard, ...body } = request({ giftCards: [{ code: 'the code' }] });
  const twin = () =>
    createPayment(
      { ...dependencies, findGiftCard: () => Promise.resolve({ kind: 'found', card }) },
      { ...body, requestId: 'request-2' },
      now,
    );
  let hasTwinCome = false;
  const result = await createPayment(
    {
      ...dependencies,
      findGiftCard: async ({ isKnown }) => {
        if (!hasTwinCome) await twin();
        hasTwinCome = true;
        return isKnown(card) ? { kind: 'found', card } : { kind: 'notFound' };
      },
    },
    body,
    now,
  );
  expect(result).toMatchObject({ kind: 'created', replayed: true, payment: { status: 'authorized' } });
  expect(payments.size).toBe(1);
});
