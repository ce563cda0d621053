import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { createClient } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { reviewersOf } from './reviewing.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

let here: CloudHere;
let buyer: ReturnType<typeof shopper>;
let operator: ReturnType<typeof createClient>;
let other: ReturnType<typeof createClient>;
let index = 800_000;

beforeAll(async () => {
  here = await startCloudHere();
  buyer = shopper(here);
  const reviewer = await reviewersOf(here);
  [operator, other] = [reviewer('ada'), reviewer('bob')];
}, 120_000);

afterAll(async () => {
  await here.stop();
});

async function givenOrder(amount = 4200) {
  index += 1;
  return paymentOf(here, await buyer.token(cardNumber(index)), index, amount);
}

const pay = (order: Awaited<ReturnType<typeof givenOrder>>) => buyer.client.createPayment(order, randomUUID());

describe('what operators set', () => {
  test('are the defaults at first', async () => {
    expect(await operator.getFraudSettings()).toMatchObject({
      ...{ object: 'fraud_settings', version: 0, reviewDefault: 'decline' },
      limits: { cardAttempts: 10, amountEuros: 10_000 },
      costs: { reviewsPerDay: 200 },
    });
  });

  test('holds from the next payment on, once for each version', async () => {
    const { limits, costs, reviewDefault } = await operator.getFraudSettings();
    const strict = { limits: { ...limits, amountEuros: 50 }, costs, reviewDefault, version: 0 };
    const set = await operator.setFraudSettings(strict);
    expect(set).toMatchObject({ version: 1, updatedBy: 'ada', limits: { amountEuros: 50 } });
    expect(await operator.setFraudSettings(strict)).toEqual(set);
    await expect(other.setFraudSettings(strict)).rejects.toMatchObject({ status: 409, code: 'fraud_settings_changed' });
    expect(await pay(await givenOrder(5100))).toMatchObject({
      status: 'in_review',
      fraud: { reasons: expect.arrayContaining([expect.objectContaining({ code: 'amount_high' })]) },
    });
    await operator.setFraudSettings({ limits, costs, reviewDefault, version: 1 });
    expect(await pay(await givenOrder(5100))).toMatchObject({ status: 'authorized' });
  });

  test('asks no people beyond those whom there are', async () => {
    const { limits, costs, reviewDefault, version } = await operator.getFraudSettings();
    const { data } = await operator.listReviews();
    const dear = await pay(await givenOrder(60_000));
    expect(dear).toMatchObject({ status: 'in_review' });
    const reviewsPerDay = data.length + 1;
    await operator.setFraudSettings({ limits, costs: { ...costs, reviewsPerDay }, reviewDefault, version });
    const next = await pay(await givenOrder(60_000));
    expect(next.fraud?.decision).not.toBe('review');
    await operator.setFraudSettings({ limits, costs, reviewDefault, version: version + 1 });
  });

  test('is refused where it makes no sense', async () => {
    const { limits, costs, reviewDefault, version } = await operator.getFraudSettings();
    for (const body of [
      { limits: { ...limits, cardAttempts: 0 }, costs, reviewDefault, version },
      { limits, costs: { ...costs, reviewCatches: 1.1 }, reviewDefault, version },
      { limits, costs, reviewDefault: 'review' as 'approve', version },
      { limits, costs, reviewDefault, version, more: 1 },
      { limits, costs, reviewDefault, version: -1 },
    ]) {
      await expect(operator.setFraudSettings(body)).rejects.toMatchObject({ code: 'invalid_request' });
    }
    await expect(buyer.client.getFraudSettings()).rejects.toMatchObject({ status: 403 });
  });
});

describe('a list', () => {
  test('blocks a card by one of its payments, wherever it pays next, until it is taken off', async () => {
    const order = await givenOrder();
    const first = await pay(order);
    const entry = await operator.createFraudListEntry({
      ...{ about: 'card', verdict: 'block', note: 'The owner called', paymentId: first.id },
    });
    expect(entry).toMatchObject({ object: 'fraud_list_entry', about: 'card', createdBy: 'ada', version: 1 });
    const elsewhere = { ...(await givenOrder()), tenders: order.tenders };
    expect(await pay(elsewhere)).toMatchObject({
      ...{ status: 'declined', declineCode: 'blocked_by_risk' },
      fraud: { decision: 'decline', reasons: expect.arrayContaining([expect.objectContaining({ code: 'listed' })]) },
    });
    await operator.deleteFraudListEntry(entry.id);
    await operator.deleteFraudListEntry(entry.id);
    expect(await pay(elsewhere)).toMatchObject({ status: 'authorized' });
  });

  test.each(['device', 'buyer', 'address'] as const)('blocks a %s by its value', async (about) => {
    const order = await givenOrder();
    const value = { device: order.context.deviceId, buyer: order.buyer.id, address: order.context.ip }[about];
    const { id } = await operator.createFraudListEntry({ about, verdict: 'block', note: 'x', value });
    expect(await pay(order)).toMatchObject({ status: 'declined' });
    const replaced = await operator.createFraudListEntry({ about, verdict: 'allow', note: 'a mistake', value });
    expect(replaced).toMatchObject({ id, verdict: 'allow', version: 2 });
    expect(await pay(order)).toMatchObject({ status: 'authorized' });
  });

  test('lets through what the model doubts, but not what passes a limit', async () => {
    const order = await givenOrder(60_000);
    await operator.createFraudListEntry({ about: 'buyer', verdict: 'allow', note: 'known', value: order.buyer.id });
    expect(await pay(order)).toMatchObject({ status: 'authorized' });
    expect(await pay({ ...order, amount: 1_200_000 })).toMatchObject({ status: 'in_review' });
  });

  test('lets go of who is on it at its time', async () => {
    const order = await givenOrder();
    const expiresAt = new Date((await here.now()).getTime() + 3_600_000).toISOString();
    const entry = { about: 'device', verdict: 'block', note: 'x', value: order.context.deviceId, expiresAt } as const;
    await operator.createFraudListEntry(entry);
    expect(await pay(order)).toMatchObject({ status: 'declined' });
    await here.advance('PT61M');
    expect(await pay(order)).toMatchObject({ status: 'authorized' });
    await expect(operator.createFraudListEntry(entry)).rejects.toMatchObject({
      code: 'invalid_request',
      problem: { errors: [{ path: 'expiresAt' }] },
    });
  });

  test('shows the newest first, page by page', async () => {
    const { data } = await operator.listFraudListEntries({ limit: '100' });
    expect(data.length).toBeGreaterThan(3);
    expect(data.map(({ createdAt }) => createdAt)).toEqual(
      data
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .reverse(),
    );
    const first = await operator.listFraudListEntries({ limit: '1' });
    const second = await operator.listFraudListEntries({ limit: '1', cursor: first.nextCursor ?? '' });
    expect([first.data[0], second.data[0]]).toEqual(data.slice(0, 2));
    await expect(operator.listFraudListEntries({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_cursor' });
  });

  test('takes nobody who is not there', async () => {
    const entry = { about: 'card', verdict: 'block', note: 'x' } as const;
    const nobody = `pay_${'0'.repeat(26)}`;
    await expect(operator.createFraudListEntry({ ...entry, paymentId: nobody })).rejects.toMatchObject({
      code: 'payment_not_found',
    });
    const { code } = await buyer.client.issueGiftCard({ amount: 5000, currency: 'EUR' }, randomUUID());
    const byGiftCard = { ...(await givenOrder()), tenders: [{ type: 'gift_card', code: code ?? '' }] as const };
    const { id: paymentId } = await pay(byGiftCard);
    await expect(operator.createFraudListEntry({ ...entry, paymentId })).rejects.toMatchObject({
      code: 'nobody_to_list',
    });
    for (const wrong of [{}, { value: 'a' }, { paymentId, value: 'a' }, { paymentId, note: '' }]) {
      await expect(operator.createFraudListEntry({ ...entry, ...wrong })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
  });
});
