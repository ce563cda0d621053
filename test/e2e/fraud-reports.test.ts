import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { reviewersOf } from './reviewing.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';
import { beforeMidnight } from './while-off.ts';

let here: CloudHere;

beforeAll(async () => {
  here = await startCloudHere(undefined, beforeMidnight(new Date(), 10));
}, 120_000);

afterAll(async () => {
  await here.stop();
});

test('the model is measured in the night, and operators see how it did', async () => {
  const buyer = shopper(here);
  for (let index = 1; index <= 3; index += 1) {
    const order = paymentOf(here, await buyer.token(cardNumber(index)), index, 4200);
    await buyer.client.createPayment(order, randomUUID());
  }
  const day = (await here.now()).toISOString().slice(0, 10);
  const operator = (await reviewersOf(here))('ada');
  expect((await operator.listFraudReports()).data).toEqual([]);
  await here.advance('PT90M');
  expect((await operator.listFraudReports()).data).toMatchObject([
    { object: 'fraud_report', day, payments: 3, stability: {}, quality: { payments: 0, frauds: 0 }, findings: [] },
  ]);
  await expect(buyer.client.listFraudReports()).rejects.toMatchObject({ status: 403 });
});
