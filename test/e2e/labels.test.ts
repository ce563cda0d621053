import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { isLabelItem, toLabel } from '../../adapters/dynamodb/label-item.ts';
import { toTransition } from '../../adapters/dynamodb/transition-item.ts';
import { featureNames } from '../../core/fraud/features/features.ts';
import { vectorOf } from '../../core/fraud/features/kept-features.ts';
import { until } from '../adapters/acquirers/until.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { acquirerOf, givenCapturedPayment } from './disputing.ts';
import { givenDoubt, reviewersOf } from './reviewing.ts';
import { storedItems } from './stored-items.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

let here: CloudHere;
let buyer: ReturnType<typeof shopper>;
let acquirer: ReturnType<typeof acquirerOf>;
let next = 900_000;

beforeAll(async () => {
  here = await startCloudHere();
  buyer = shopper(here);
  acquirer = acquirerOf(here);
}, 120_000);

afterAll(async () => {
  await here.stop();
});

const labelsOf = async (paymentId: string) =>
  (await storedItems(here, 'FraudTable'))
    .filter(isLabelItem)
    .map(toLabel)
    .filter((label) => label.paymentId === paymentId)
    .map(({ source, isFraud }) => ({ source, isFraud }));

const labelled = (paymentId: string, isFraud: boolean) =>
  until(
    () => labelsOf(paymentId),
    (labels) => labels.some((label) => label.isFraud === isFraud),
  );

/** A feature of a payment as it was scored. */
async function featureOf(paymentId: string, name: string): Promise<number | undefined> {
  const items = await storedItems(here, 'PaymentsTable');
  const transitions = items.filter(({ pk, features }) => pk?.S === paymentId && features).map(toTransition);
  const kept = transitions[0]?.features;
  return kept && vectorOf(kept)[featureNames.indexOf(name)];
}

async function givenAuthorized(card?: string) {
  next += 1;
  const order = paymentOf(here, card ?? (await buyer.token(cardNumber(next))), next, 4200);
  return { ...(await buyer.client.createPayment(order, randomUUID())), order };
}

describe('what becomes known of a payment', () => {
  test('by a chargeback for fraud is a label, and its card and seller are known for it', async () => {
    const { paymentId, reference } = await givenCapturedPayment(here, buyer, 9_101, 4200);
    const { id } = await acquirer.dispute(reference, { reason: 'fraudulent' });
    await acquirer.allTaken();
    expect(await labelled(paymentId, true)).toEqual([{ source: 'dispute', isFraud: true }]);
    const { tenders } = await buyer.client.getPayment(paymentId);
    const [card] = tenders.flatMap((tender) => (tender.type === 'card' ? [tender.token] : []));
    await here.advance('PT1M');
    const again = await givenAuthorized(card);
    expect(await featureOf(again.id, 'card_known_frauds')).toBeGreaterThan(0.9);
    await acquirer.move(id, 'under_review');
    await acquirer.move(id, 'won');
    await acquirer.allTaken();
    expect(await labelled(paymentId, false)).toEqual([{ source: 'dispute', isFraud: false }]);
  });

  test('by a chargeback for goods that never came is none', async () => {
    const { paymentId, reference } = await givenCapturedPayment(here, buyer, 9_102, 4200);
    await acquirer.dispute(reference, { reason: 'product_not_received' });
    await acquirer.allTaken();
    await here.advance('PT1M');
    expect(await labelsOf(paymentId)).toEqual([]);
  });

  test("by an issuer's notice is a label, though nobody disputes; a stranger's is left alone", async () => {
    const { id, tenders } = await givenAuthorized();
    await acquirer.send('POST', '/fraud-notices', { authorizationReference: tenders[0]?.reference });
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2040, holderName: 'Stranger' };
    await acquirer.send('POST', '/authorizations', { reference: 'stranger', amount: 100, currency: 'EUR', card });
    await acquirer.send('POST', '/fraud-notices', { authorizationReference: 'stranger' });
    await acquirer.allTaken();
    expect(await labelled(id, true)).toEqual([{ source: 'fraud_notice', isFraud: true }]);
  });

  test.each(['approve', 'decline'] as const)('by a reviewer is a label (%s)', async (decision) => {
    const ada = (await reviewersOf(here))('ada');
    const { id } = await givenDoubt(here, buyer);
    const { data } = await ada.listReviews();
    const review = data.find(({ paymentId }) => paymentId === id);
    await ada.decideReview(review?.id ?? '', { decision, reason: 'looked' });
    expect(await labelled(id, decision === 'decline')).toEqual([{ source: 'review', isFraud: decision === 'decline' }]);
  });
});
