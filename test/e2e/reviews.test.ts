import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { createClient } from '../../packages/client/index.ts';
import { until } from '../adapters/acquirers/until.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { provenBooks } from './proven-books.ts';
import { doubtfulAmount, givenDoubt, reviewersOf, stopReviewRun } from './reviewing.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

let here: CloudHere;
let buyer: ReturnType<typeof shopper>;
let ada: ReturnType<typeof createClient>;
let bob: ReturnType<typeof createClient>;

beforeAll(async () => {
  here = await startCloudHere();
  buyer = shopper(here);
  const reviewer = await reviewersOf(here);
  [ada, bob] = [reviewer('ada'), reviewer('bob')];
}, 120_000);

afterAll(async () => {
  await here.stop();
});

const looked = { reason: 'Called the buyer', note: 'Ordered for a school.' };
const settled = (paymentId: string, status: string) =>
  until(
    () => buyer.client.getPayment(paymentId),
    (payment) => payment.status === status,
  );
const reviewOf = async (paymentId: string, state = 'open') => {
  const { data } = await ada.listReviews({ state, limit: '100' });
  const found = data.find((review) => review.paymentId === paymentId);
  if (!found) throw new Error(`No ${state} review is about ${paymentId}`);
  return found;
};

describe('a payment in doubt', () => {
  test('waits for a person, who sees why and until when', async () => {
    const payment = await givenDoubt(here, buyer);
    expect(payment).toMatchObject({
      ...{ status: 'in_review', amountAuthorized: doubtfulAmount, amountCaptured: 0 },
      fraud: {
        decision: 'review',
        reasons: expect.arrayContaining([expect.objectContaining({ code: 'amount_high' })]),
      },
    });
    const review = await reviewOf(payment.id);
    expect(await ada.getReview(review.id)).toEqual(review);
    expect(review).toMatchObject({ object: 'review', state: 'open', amount: doubtfulAmount, currency: 'EUR' });
    expect(Date.parse(review.deadline) - Date.parse(review.createdAt)).toBe(24 * 3_600_000);
    expect(JSON.stringify(review)).not.toContain('taskToken');
    await expect(buyer.client.capturePayment(payment.id, {}, randomUUID())).rejects.toMatchObject({
      code: 'payment_not_capturable',
    });
    const { data } = await buyer.client.getTimeline(payment.id);
    expect(data).toContainEqual(
      expect.objectContaining({ kind: 'run', workflow: 'review-payment', status: 'running' }),
    );
  });

  test.each(['manual', 'automatic'] as const)('goes on when approved (capture %s)', async (capture) => {
    const payment = await givenDoubt(here, buyer, { capture });
    const { id } = await reviewOf(payment.id);
    expect(await ada.decideReview(id, { decision: 'approve', ...looked })).toMatchObject({
      state: 'approved',
      decision: { decision: 'approve', ...looked, decidedBy: 'ada' },
    });
    await settled(payment.id, capture === 'manual' ? 'authorized' : 'captured');
    if (capture === 'manual') await buyer.client.capturePayment(payment.id, {}, randomUUID());
    expect(await settled(payment.id, 'captured')).toMatchObject({ amountCaptured: doubtfulAmount });
    // The run ends a moment after the capture that it has finished.
    const { data } = await until(
      () => buyer.client.getTimeline(payment.id),
      (timeline) => timeline.data.every(({ kind, status }) => kind !== 'run' || status !== 'running'),
    );
    expect(data).toContainEqual(
      expect.objectContaining({ kind: 'run', workflow: 'review-payment', status: 'succeeded' }),
    );
    expect(data).toContainEqual(expect.objectContaining({ kind: 'attempt', operation: 'review', outcome: 'approved' }));
  });

  test('is voided when declined, at the acquirer too', async () => {
    const payment = await givenDoubt(here, buyer);
    const { id } = await reviewOf(payment.id);
    await ada.decideReview(id, { decision: 'decline', reason: 'Not the owner of the card' });
    await settled(payment.id, 'voided');
    const records = await fetch(`${here.outputs.acquirerUrl}/records?limit=10000`);
    const reference = payment.tenders[0]?.reference;
    expect(await records.json()).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ reference, state: 'cancelled' })]),
    });
  });

  test('by gift card and card holds both until the verdict, and gives both back or takes both', async () => {
    const card = await buyer.token(cardNumber(720_000));
    const split = async () => {
      const { code, id } = await buyer.client.issueGiftCard({ amount: 5000, currency: 'EUR' }, randomUUID());
      const tenders = [
        { type: 'gift_card', code: code ?? '' },
        { type: 'card', token: card },
      ] as const;
      return { giftCard: id, payment: await givenDoubt(here, buyer, { tenders }) };
    };
    const [going, ending, waiting] = [await split(), await split(), await split()];
    expect(going.payment).toMatchObject({ status: 'in_review', tenders: [{ amount: 5000 }, {}] });
    await ada.decideReview((await reviewOf(going.payment.id)).id, { decision: 'approve', ...looked });
    await ada.decideReview((await reviewOf(ending.payment.id)).id, { decision: 'decline', ...looked });
    await settled(ending.payment.id, 'voided');
    await buyer.client.capturePayment(going.payment.id, {}, randomUUID());
    expect(await buyer.client.getGiftCard(going.giftCard)).toMatchObject({ balance: 0 });
    expect(await buyer.client.getGiftCard(ending.giftCard)).toMatchObject({ balance: 5000, held: 0 });
    expect(await buyer.client.getGiftCard(waiting.giftCard)).toMatchObject({ balance: 5000, held: 5000 });
    expect(provenBooks(here.dataDir).findings.filter(({ id }) => id === waiting.giftCard)).toEqual([]);
  });

  test('is decided once by two at once; the other gets 409', async () => {
    const payment = await givenDoubt(here, buyer);
    const { id } = await reviewOf(payment.id);
    const answers = await Promise.allSettled([
      ada.decideReview(id, { decision: 'approve', ...looked }),
      bob.decideReview(id, { decision: 'decline', reason: 'No' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = answers.find(({ status }) => status === 'rejected');
    expect(refused).toMatchObject({ reason: { code: 'review_decided', status: 409 } });
    const { state, decision } = await ada.getReview(id);
    const again = state === 'approved' ? ada : bob;
    expect(
      await again.decideReview(
        id,
        state === 'approved' ? { decision: 'approve', ...looked } : { decision: 'decline', reason: 'No' },
      ),
    ).toMatchObject({ decision });
  });

  test('is left to whoever claimed it', async () => {
    const payment = await givenDoubt(here, buyer);
    const { id } = await reviewOf(payment.id);
    expect(await ada.claimReview(id)).toMatchObject({ claimedBy: 'ada' });
    await expect(bob.claimReview(id)).rejects.toMatchObject({ code: 'review_claimed', status: 409 });
    const decision = { decision: 'approve', ...looked } as const;
    await expect(bob.decideReview(id, decision)).rejects.toMatchObject({ code: 'review_claimed' });
    expect(await ada.decideReview(id, decision)).toMatchObject({ state: 'approved' });
    await expect(bob.claimReview(id)).rejects.toMatchObject({ code: 'review_decided' });
  });

  test('is decided by the default when nobody does, even when the run that waited is gone', async () => {
    const waiting = await givenDoubt(here, buyer);
    const orphan = await givenDoubt(here, buyer);
    const { id } = await reviewOf(orphan.id);
    await stopReviewRun(here, id);
    await here.advance('PT25H');
    for (const { id: paymentId } of [waiting, orphan]) {
      expect(await buyer.client.getPayment(paymentId)).toMatchObject({ status: 'voided' });
      expect(await reviewOf(paymentId, 'declined')).toMatchObject({ decision: { decidedBy: 'deadline' } });
    }
  });
});

test('reviews are found by what is asked for, page by page', async () => {
  const all = (await ada.listReviews({ state: 'declined', limit: '100' })).data;
  expect(all.length).toBeGreaterThan(1);
  expect(all.map(({ createdAt }) => createdAt)).toEqual(
    all
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .reverse(),
  );
  const first = await ada.listReviews({ state: 'declined', limit: '1' });
  const second = await ada.listReviews({ state: 'declined', limit: '1', cursor: first.nextCursor ?? '' });
  expect([first.data[0]?.id, second.data[0]?.id]).toEqual(all.slice(0, 2).map(({ id }) => id));
  expect((await ada.listReviews({ state: 'declined', reason: 'listed' })).data).toEqual([]);
  expect((await ada.listReviews({ state: 'declined', minScore: '1' })).data).toEqual([]);
  expect((await ada.listReviews({ state: 'declined', reason: 'amount_high', minScore: '0' })).data).toEqual(all);
  for (const [name, value] of Object.entries({ state: 'lost', minScore: '2', reason: 'x', cursor: 'x', from: 'now' })) {
    await expect(ada.listReviews({ [name]: value })).rejects.toMatchObject({ status: 400 });
  }
});

test('what is wrong about a verdict is said, and nothing is decided', async () => {
  const payment = await givenDoubt(here, buyer);
  const { id } = await reviewOf(payment.id);
  const decide = (body: object) => ada.decideReview(id, body as { decision: 'approve'; reason: string });
  for (const body of [
    {},
    { decision: 'maybe', reason: 'x' },
    { decision: 'approve' },
    { decision: 'approve', reason: '' },
  ]) {
    await expect(decide(body)).rejects.toMatchObject({ code: 'invalid_request' });
  }
  await expect(ada.decideReview(`rev_${'0'.repeat(26)}`, { decision: 'approve', reason: 'x' })).rejects.toMatchObject({
    code: 'review_not_found',
  });
  await expect(buyer.client.getReview(id)).rejects.toMatchObject({ status: 403 });
  expect(await ada.getReview(id)).toMatchObject({ state: 'open', version: expect.any(Number) });
  await ada.decideReview(id, { decision: 'approve', reason: 'x' });
});

test('honest payments are not held up', async () => {
  const order = paymentOf(here, await buyer.token(cardNumber(710_000)), 710_000, 4200);
  expect(await buyer.client.createPayment(order, randomUUID())).toMatchObject({ status: 'authorized' });
});

test('the books hold after all of it', async () => {
  await here.advance('PT2H');
  expect(provenBooks(here.dataDir).findings).toEqual([]);
});
