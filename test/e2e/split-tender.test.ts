import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import type { CreatePayment, Payment } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { cardNumber, eachConcurrently, encodings, filesHolding, paymentOf, shopper } from './support.ts';

/** Every call between the parts, as text, to be searched for codes. */
const calls: { readonly what: string; readonly text: string }[] = [];
const codes = new Set<string>();
let here: CloudHere;
let buyer: ReturnType<typeof shopper>;
let next = 1;

beforeAll(async () => {
  here = await startCloudHere(({ service, operation, input, outcome, caller }: ObservedCall) => {
    const answer = outcome.kind === 'answered' ? outcome.answer : outcome;
    calls.push({ what: `${service} ${operation} by ${caller.kind}`, text: JSON.stringify([input, answer]) });
  });
  buyer = shopper(here);
});

afterAll(async () => {
  await here.stop();
});

async function givenGiftCard(amount: number) {
  const { id, code = '' } = await buyer.client.issueGiftCard({ amount, currency: 'EUR' }, randomUUID());
  codes.add(code);
  return { id, code, tender: { type: 'gift_card', code } as const };
}

const cardTender = async (number?: string) => {
  next += 1;
  return { type: 'card', token: await buyer.token(number ?? cardNumber(next)) } as const;
};

function pay(amount: number, tenders: CreatePayment['tenders']): Promise<Payment> {
  next += 1;
  return buyer.client.createPayment({ ...paymentOf(here, '', next, amount), tenders }, randomUUID());
}

/** Asks once, without the client's patience. */
const post = async (path: string, body: object) =>
  fetch(here.baseUrl + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await here.accessTokenFor('payments/create')()}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });

const giftCard = (id: string) => buyer.client.getGiftCard(id);

async function acquirer(method: 'POST' | 'DELETE', fault?: object): Promise<void> {
  await fetch(`${here.outputs.acquirerUrl}/faults`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: fault ? JSON.stringify({ rate: 1, seed: 1, ...fault }) : null,
  });
}

describe('a payment over gift cards and a card', () => {
  test('holds all, captures gift cards first, and refunds the card first', async () => {
    const { client } = buyer;
    const [first, second] = [await givenGiftCard(3000), await givenGiftCard(2000)];
    const payment = await pay(10_000, [first.tender, second.tender, await cardTender()]);
    expect(payment).toMatchObject({
      status: 'authorized',
      amountAuthorized: 10_000,
      tenders: [
        { type: 'gift_card', amount: 3000, giftCardId: first.id },
        { type: 'gift_card', amount: 2000, giftCardId: second.id },
        { type: 'card', amount: 5000, last4: expect.any(String) },
      ],
    });
    expect(await giftCard(first.id)).toMatchObject({ held: 3000, available: 0 });
    const capture = await client.capturePayment(payment.id, { amount: 6000 }, randomUUID());
    expect(capture.allocation).toEqual([
      { type: 'gift_card', giftCardId: first.id, amount: 3000 },
      { type: 'gift_card', giftCardId: second.id, amount: 2000 },
      { type: 'card', amount: 1000 },
    ]);
    const refund = await client.refundPayment(payment.id, { amount: 1500, reason: 'broken' }, randomUUID());
    expect(refund.allocation).toEqual([
      { type: 'gift_card', giftCardId: second.id, amount: 500 },
      { type: 'card', amount: 1000 },
    ]);
    expect(await giftCard(second.id)).toMatchObject({ balance: 500, available: 500, held: 0 });
    await client.capturePayment(payment.id, { amount: 1000, final: true }, randomUUID());
    expect(await client.getPayment(payment.id)).toMatchObject({
      status: 'partially_refunded',
      amountCaptured: 7000,
      captures: [{ amount: 6000 }, { amount: 1000, allocation: [{ type: 'card', amount: 1000 }] }],
    });
  });

  test('is the same when asked for again, although its gift cards are empty by then', async () => {
    const card = await givenGiftCard(500);
    const key = randomUUID();
    next += 1;
    const body: CreatePayment = { ...paymentOf(here, '', next, 500), tenders: [card.tender] };
    const paid = await buyer.client.createPayment(body, key);
    expect(paid).toMatchObject({ status: 'authorized', tenders: [{ type: 'gift_card', giftCardId: card.id }] });
    expect(await buyer.client.createPayment(body, key)).toEqual(paid);
    const other = { ...body, tenders: [(await givenGiftCard(500)).tender] };
    await expect(buyer.client.createPayment(other, key)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  test('by gift cards alone asks no acquirer, and a void gives all back', async () => {
    const card = await givenGiftCard(900);
    const payment = await pay(700, [card.tender]);
    expect(await giftCard(card.id)).toMatchObject({ held: 700, available: 200 });
    await buyer.client.voidPayment(payment.id, randomUUID());
    expect(await giftCard(card.id)).toMatchObject({ held: 0, available: 900 });
    const records = await (await fetch(`${here.outputs.acquirerUrl}/records?limit=10000`)).text();
    expect(records).not.toContain(payment.id);
  });

  test('whose card is declined holds nothing any more', async () => {
    const card = await givenGiftCard(400);
    const payment = await pay(1000, [card.tender, await cardTender('4000000000009995')]);
    expect(payment).toMatchObject({ status: 'declined', declineCode: 'insufficient_funds' });
    expect(await giftCard(card.id)).toMatchObject({ held: 0, available: 400 });
  });

  test.each([['drop_before'], ['drop_after']])(
    'whose card is unknown (%s) keeps its holds until it is',
    async (kind) => {
      const card = await givenGiftCard(400);
      await acquirer('POST', { operation: 'authorize', kind });
      const payment = await pay(1000, [card.tender, await cardTender()]);
      await acquirer('DELETE');
      expect(payment.status).toBe('processing');
      expect(await giftCard(card.id)).toMatchObject({ held: 400 });
      await here.advance('PT5M');
      const found = await buyer.client.getPayment(payment.id);
      expect(found.status).toBe(kind === 'drop_after' ? 'authorized' : 'failed');
      expect(await giftCard(card.id)).toMatchObject({ held: kind === 'drop_after' ? 400 : 0 });
    },
  );
});

describe('tenders that cannot pay', () => {
  test.each([
    ['too little without a card', 1000, 'tenders_too_low', (card: object) => [card]],
    ['more than the payment', 300, 'tenders_exceed_amount', (card: object) => [{ ...card, amount: 400 }]],
    ['more than is there', 1000, 'gift_card_insufficient', (card: object) => [{ ...card, amount: 600 }]],
    ['one gift card twice', 1000, 'gift_card_twice', (card: object) => [card, card]],
    ['a code of nobody', 1000, 'gift_card_unknown', () => [{ type: 'gift_card', code: '0000-0000-0000-0000-0000' }]],
    ['no tender', 1000, 'invalid_request', () => []],
    ['six gift cards', 1000, 'invalid_request', (card: object) => Array.from({ length: 6 }, () => card)],
  ])('(%s) are refused, and nothing is held', async (_what, amount, code, tendersOf) => {
    const card = await givenGiftCard(500);
    const body = { ...paymentOf(here, '', 1, amount), tenders: tendersOf(card.tender) };
    const answer = await post('/v1/payments', body);
    expect([code, await answer.json()]).toEqual([code, expect.objectContaining({ code })]);
    expect(await giftCard(card.id)).toMatchObject({ held: 0, available: 500 });
  });
});

describe('whatever dies on the way', () => {
  test.each([
    ['states', 'StartSyncExecution', 'error_before'],
    ['dynamodb', 'TransactWriteItems', 'error_after'],
    ['dynamodb', 'TransactWriteItems', 'error_before'],
    ['dynamodb', 'BatchGetItem', 'error_before'],
  ] as const)('(%s %s %s), each payment ends whole, or releases what it held', async (service, operation, kind) => {
    const cards = await Promise.all(Array.from({ length: 8 }, () => givenGiftCard(300)));
    const token = await cardTender();
    here.cloud.faults.add({ service, operation, kind, rate: 0.7, seed: 7 });
    const asked = await Promise.allSettled(
      cards.map((card, index) =>
        pay(index % 2 === 0 ? 1000 : 200, index % 2 === 0 ? [card.tender, token] : [card.tender]),
      ),
    );
    here.cloud.faults.clear();
    const ids = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value.id : []));
    await here.advance('PT15M');
    const payments = await Promise.all(ids.map((id) => buyer.client.getPayment(id)));
    const heldFor = new Map(
      payments.flatMap(({ status, tenders }) =>
        tenders.map((tender) => [
          tender.type === 'gift_card' ? tender.giftCardId : '',
          status === 'authorized' ? tender.amount : 0,
        ]),
      ),
    );
    for (const { status } of payments) expect(['authorized', 'failed', 'declined']).toContain(status);
    for (const { id } of cards) expect([id, (await giftCard(id)).held]).toEqual([id, heldFor.get(id) ?? 0]);
  });

  test('a capture whose gift card could not be reached is finished by the resolver', async () => {
    const card = await givenGiftCard(300);
    const payment = await pay(1000, [card.tender, await cardTender()]);
    here.cloud.faults.add({ service: 'dynamodb', operation: 'BatchGetItem', kind: 'error_before', rate: 1 });
    const died = await post(`/v1/payments/${payment.id}/captures`, {});
    expect(died.status).toBeGreaterThanOrEqual(500);
    here.cloud.faults.clear();
    await here.advance('PT5M');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'captured', amountCaptured: 1000 });
    expect(await giftCard(card.id)).toMatchObject({ balance: 0, held: 0 });
  });
});

test('of twenty refunds at once exactly those that fit go through, and each tender gets back what it paid', async () => {
  const card = await givenGiftCard(3000);
  const payment = await pay(10_000, [card.tender, await cardTender()]);
  await buyer.client.capturePayment(payment.id, {}, randomUUID());
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () =>
      buyer.client.refundPayment(payment.id, { amount: 900, reason: 'race' }, randomUUID()),
    ),
  );
  const done = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  expect(done).toHaveLength(11);
  const sumOf = (type: string) =>
    done
      .flatMap(({ allocation }) => allocation.filter((part) => part.type === type))
      .reduce((sum, { amount }) => sum + amount, 0);
  // The card gets back all it paid, the gift card the rest.
  expect([sumOf('card'), sumOf('gift_card')]).toEqual([7000, 2900]);
  expect(await giftCard(card.id)).toMatchObject({ balance: 2900, available: 2900, held: 0 });
}, 60_000);

test('fifty payments at once on one gift card never spend more than is on it, and in the end exactly that', async () => {
  const card = await givenGiftCard(3000);
  let paid = 0;
  const payFromIt = async () => {
    const payment = await pay(100, [card.tender]).catch(() => undefined);
    if (payment?.status === 'authorized') paid += payment.amount;
  };
  await eachConcurrently(50, 50, payFromIt);
  // Who got no turn in time failed and released its hold; who got no answer is found out.
  await here.advance('PT15M');
  const after = await giftCard(card.id);
  expect([after.held + after.available, after.balance]).toEqual([3000, 3000]);
  expect(after.held).toBeGreaterThanOrEqual(paid);
  await eachConcurrently(after.available / 100 + 5, 3, payFromIt);
  expect(await giftCard(card.id)).toMatchObject({ held: 3000, available: 0, balance: 3000 });
  await expect(pay(100, [card.tender])).rejects.toMatchObject({ code: 'gift_card_unknown' });
}, 180_000);

describe('in everything that was said and stored', () => {
  const needles = () => [...codes].flatMap((code) => [code, code.replaceAll('-', '')]);

  test('no code stands, but in what the API was asked and answered and in what KMS hashes', () => {
    const searched = needles().flatMap(encodings);
    const holding = calls.filter(({ text }) => searched.some((needle) => text.includes(needle)));
    const allowed = /^(kms GenerateMac by role|lambda Invoke by service)$/u;
    expect(holding.map(({ what }) => what).filter((what) => !allowed.test(what))).toEqual([]);
    expect(holding.length).toBeGreaterThan(0);
  });

  test('no file holds one, in any form', () => {
    expect(filesHolding(here.dataDir, needles())).toEqual([]);
  });
});
