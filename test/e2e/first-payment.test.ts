import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { QuittanceError } from '../../packages/client/index.ts';
import type { Instance } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import { acquirerBook, cardNumber, filesHolding, paymentOf, shopper } from './support.ts';

let instance: Instance;
let buyer: ReturnType<typeof shopper>;

beforeAll(async () => {
  instance = await startInstance();
  buyer = shopper(instance);
});

afterAll(async () => {
  await instance.stop();
});

describe('a payment through all layers', () => {
  test('is authorized with a token, held at the acquirer once, and listed', async () => {
    const token = await buyer.token(cardNumber(1));
    const payment = await buyer.client.createPayment(paymentOf(instance, token, 1), 'first');
    expect(payment).toMatchObject({
      object: 'payment',
      status: 'authorized',
      amount: 1001,
      amountAuthorized: 1001,
      amountCaptured: 0,
      tenders: [{ type: 'card', amount: 1001, last4: cardNumber(1).slice(-4) }],
      fraud: { decision: 'approve' },
    });
    const row = (await acquirerBook(instance)).get(payment.tenders[0]?.reference ?? '');
    expect(row).toMatchObject({ state: 'approved', amount: 1001, currency: 'EUR' });
    expect(await buyer.client.getPayment(payment.id)).toEqual(payment);
    expect((await buyer.client.listPayments()).data).toContainEqual(payment);
  });

  test('sent ten times at once is one payment', async () => {
    const token = await buyer.token(cardNumber(2));
    const body = paymentOf(instance, token, 2);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => buyer.client.createPayment(body, 'ten-at-once')),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['authorized']));
    const references = [...(await acquirerBook(instance)).keys()].filter((reference) =>
      reference.startsWith(answers[0]?.id ?? '-'),
    );
    expect(references).toHaveLength(1);
  });

  test.each([
    ['4000000000000002', 'do_not_honor'],
    ['4000000000009995', 'insufficient_funds'],
    ['4000000000009987', 'lost_card'],
    ['4000000000000127', 'incorrect_cvc'],
    ['4100000000000019', 'fraud_blocked'],
  ])('with the test card %s is declined as %s', async (number, code) => {
    const token = await buyer.token(number);
    const payment = await buyer.client.createPayment(
      paymentOf(instance, token, Number(number.slice(-4))),
      randomUUID(),
    );
    expect(payment).toMatchObject({ status: 'declined', declineCode: code, amountAuthorized: 0 });
  });

  test('is refused by the rules when a card is tried too often, and the acquirer is not asked', async () => {
    const token = await buyer.token(cardNumber(3));
    const statuses: string[] = [];
    for (let index = 0; index < 11; index += 1) {
      const { status } = await buyer.client.createPayment({ ...paymentOf(instance, token, 300 + index) }, randomUUID());
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array<string>(10).fill('authorized'), 'declined']);
    const last = (await buyer.client.listPayments({ limit: '1' })).data[0];
    expect(last).toMatchObject({
      declineCode: 'blocked_by_risk',
      fraud: {
        decision: 'decline',
        reasons: expect.arrayContaining([expect.objectContaining({ code: 'card_velocity' })]),
      },
    });
    expect((await acquirerBook(instance)).has(last?.tenders[0]?.reference ?? '')).toBe(false);
  });

  test('whose answer was lost is processing, and resolved by reference within minutes', async () => {
    const token = await buyer.token(cardNumber(4));
    await setAcquirerFault('drop_after');
    const payment = await buyer.client.createPayment(paymentOf(instance, token, 4), randomUUID());
    await clearAcquirerFaults();
    expect(payment.status).toBe('processing');
    await instance.advance('PT3M');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'authorized', amountAuthorized: 1004 });
    const { data } = await buyer.client.getTimeline(payment.id);
    expect(data.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['transition', 'attempt', 'run']));
    expect(data.at(-1)).toMatchObject({ kind: 'transition', from: 'processing', to: 'authorized' });
  });

  test('that never reached the acquirer is cancelled there and fails, and is checked again after a day', async () => {
    const token = await buyer.token(cardNumber(5));
    await setAcquirerFault('drop_before');
    const payment = await buyer.client.createPayment(paymentOf(instance, token, 5), randomUUID());
    await clearAcquirerFaults();
    await instance.advance('PT6M');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({
      status: 'failed',
      failureCode: 'authorization_cancelled',
    });
    expect((await acquirerBook(instance)).get(payment.tenders[0]?.reference ?? '')).toMatchObject({
      state: 'cancelled',
    });
    await instance.advance('P1DT10M');
    const { data } = await buyer.client.getTimeline(payment.id);
    expect(data).toContainEqual(expect.objectContaining({ event: 'payment.reversal_confirmed' }));
  });

  test('counts declines of a card from the events, and refuses it after four', async () => {
    const token = await buyer.token('4000000000000069');
    for (let index = 0; index < 4; index += 1)
      await buyer.client.createPayment(paymentOf(instance, token, 6000 + index), randomUUID());
    await instance.advance('PT1S');
    const fifth = await buyer.client.createPayment(paymentOf(instance, token, 6010), randomUUID());
    expect(fifth).toMatchObject({
      declineCode: 'blocked_by_risk',
      fraud: { reasons: expect.arrayContaining([expect.objectContaining({ code: 'card_declines' })]) },
    });
  });

  test('that does not exist is 404', async () => {
    const missing = buyer.client.getPayment('pay_00000000000000000000000000');
    await expect(missing).rejects.toThrow(QuittanceError);
    await expect(missing).rejects.toMatchObject({ status: 404, code: 'payment_not_found' });
  });
});

describe('after all of this', () => {
  test('no card number stands in any file of the data folder', () => {
    expect(buyer.numbers.size).toBeGreaterThan(9);
    expect(filesHolding(instance.dataDir, buyer.numbers)).toEqual([]);
  });
});

async function setAcquirerFault(kind: string): Promise<void> {
  await fetch(`${instance.outputs.acquirerUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'authorize', kind, rate: 1, seed: 1 }),
  });
}

async function clearAcquirerFaults(): Promise<void> {
  await fetch(`${instance.outputs.acquirerUrl}/faults`, { method: 'DELETE' });
}
