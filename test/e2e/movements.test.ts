import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Instance } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import { eachConcurrently, cardNumber, paymentOf, shopper } from './support.ts';
import { moveClockWhileOff } from './while-off.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'quittance-movements-'));
let instance: Instance;
let buyer: ReturnType<typeof shopper>;
let next = 1;

beforeAll(async () => {
  instance = await startInstance({ dataDir });
  buyer = shopper(instance);
});

afterAll(async () => {
  await instance.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function givenAuthorizedPayment(amount = 10_000, changes: { capture?: 'automatic' } = {}) {
  next += 1;
  const token = await buyer.token(cardNumber(next));
  return buyer.client.createPayment({ ...paymentOf(instance, token, next, amount), ...changes }, randomUUID());
}

const row = z.object({
  reference: z.string(),
  operation: z.string(),
  amount: z.int().nullable(),
  state: z.string(),
});

/** The sums that the acquirer has moved under these references. */
async function acquirerSum(references: readonly string[]): Promise<number> {
  const answer = await fetch(`${instance.outputs.acquirerUrl}/records`);
  const { data } = z.object({ data: z.array(row) }).parse(await answer.json());
  return data
    .filter(({ reference, state }) => references.includes(reference) && state === 'accepted')
    .reduce((sum, { amount }) => sum + (amount ?? 0), 0);
}

async function acquirerFault(operation: string, kind: string): Promise<void> {
  await fetch(`${instance.outputs.acquirerUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation, kind, rate: 1, seed: 1 }),
  });
}

const clearAcquirerFaults = () => fetch(`${instance.outputs.acquirerUrl}/faults`, { method: 'DELETE' });

describe('the life of a payment', () => {
  test('is captured in parts, refunded in parts, and told the same again', async () => {
    const { client } = buyer;
    const payment = await givenAuthorizedPayment();
    const first = await client.capturePayment(payment.id, { amount: 4000 }, 'part-1');
    expect(first).toMatchObject({
      object: 'capture',
      amount: 4000,
      status: 'succeeded',
      payment: { status: 'partially_captured', amountCaptured: 4000 },
    });
    const second = await client.capturePayment(payment.id, {}, 'part-2');
    expect(second).toMatchObject({ amount: 6000, payment: { status: 'captured', amountCaptured: 10_000 } });
    expect(await client.capturePayment(payment.id, { amount: 4000 }, 'part-1')).toEqual(first);
    const refund = await client.refundPayment(payment.id, { amount: 2500, reason: 'broken' }, 'refund-1');
    expect(refund).toMatchObject({
      object: 'refund',
      amount: 2500,
      reason: 'broken',
      payment: { status: 'partially_refunded', amountRefunded: 2500 },
    });
    const rest = await client.refundPayment(payment.id, { reason: 'returned' }, 'refund-2');
    expect(rest).toMatchObject({ amount: 7500, payment: { status: 'refunded' } });
    const final = await client.getPayment(payment.id);
    expect(final.captures.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(final.refunds.map(({ amount }) => amount)).toEqual([2500, 7500]);
    expect(await acquirerSum([first.reference, second.reference])).toBe(10_000);
    expect(await acquirerSum([refund.reference, rest.reference])).toBe(10_000);
    const { data } = await client.getTimeline(payment.id);
    expect(data.filter(({ kind }) => kind === 'transition').map(({ event }) => event)).toEqual([
      ...['payment.created', 'payment.authorized', 'payment.captured', 'payment.captured'],
      ...['payment.refunded', 'payment.refunded'],
    ]);
  });

  test('is voided, and can be captured no longer', async () => {
    const payment = await givenAuthorizedPayment();
    expect(await buyer.client.voidPayment(payment.id, 'void')).toMatchObject({ status: 'voided' });
    expect(await buyer.client.voidPayment(payment.id, 'void')).toMatchObject({ status: 'voided' });
    await expect(buyer.client.capturePayment(payment.id, {}, 'late')).rejects.toMatchObject({
      status: 409,
      code: 'payment_not_capturable',
    });
  });

  test('is captured at once when that was asked for, and replayed so', async () => {
    next += 1;
    const body = { ...paymentOf(instance, await buyer.token(cardNumber(next)), next), capture: 'automatic' } as const;
    const payment = await buyer.client.createPayment(body, 'automatic');
    expect(payment).toMatchObject({ status: 'captured', capture: 'automatic', amountCaptured: body.amount });
    await buyer.client.refundPayment(payment.id, { amount: 1, reason: 'goodwill' }, 'goodwill');
    expect(await buyer.client.createPayment(body, 'automatic')).toEqual(payment);
  });

  test('is captured later when the acquirer was away at first', async () => {
    await acquirerFault('capture', 'drop_before');
    const payment = await givenAuthorizedPayment(5000, { capture: 'automatic' });
    expect(payment).toMatchObject({ status: 'authorized', captures: [{ status: 'processing', amount: 5000 }] });
    await clearAcquirerFaults();
    await instance.advance('PT5M');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'captured', amountCaptured: 5000 });
  });

  test('expires when nobody captured it in time, and is released', async () => {
    const payment = await givenAuthorizedPayment();
    const week = (await instance.now()).getTime() + 7 * 86_400_000;
    await instance.stop();
    // A week of runs of every schedule would show nothing more than its last minutes.
    await moveClockWhileOff(dataDir, new Date(week - 5 * 60_000));
    instance = await startInstance({ dataDir });
    buyer = shopper(instance);
    await instance.advance('PT2M');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'authorized' });
    await instance.advance('PT5M');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'expired' });
  });
});

describe('more than there is', () => {
  test('is refused with the numbers', async () => {
    const payment = await givenAuthorizedPayment();
    await expect(buyer.client.capturePayment(payment.id, { amount: 10_001 }, 'a')).rejects.toMatchObject({
      code: 'amount_exceeds_authorized',
      problem: { detail: '10001 is asked for, 10000 is left (minor units).' },
    });
    await buyer.client.capturePayment(payment.id, { amount: 3000 }, 'b');
    await expect(buyer.client.refundPayment(payment.id, { amount: 3001, reason: 'x' }, 'c')).rejects.toMatchObject({
      code: 'amount_exceeds_captured',
    });
  });

  test('is never given back: of fifty refunds at once exactly those that fit go through', async () => {
    const payment = await givenAuthorizedPayment();
    await buyer.client.capturePayment(payment.id, {}, 'all');
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        buyer.client.refundPayment(payment.id, { amount: 300, reason: 'race' }, `race-${index}`),
      ),
    );
    const done = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    expect([done.length, refused.length]).toEqual([33, 17]);
    for (const error of refused) expect(error).toMatchObject({ code: 'amount_exceeds_captured' });
    await instance.advance('PT3M');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({
      status: 'partially_refunded',
      amountRefunded: 9900,
    });
    expect(await acquirerSum(done.map(({ reference }) => reference))).toBe(9900);
  });

  test('of sixty captures goes back in one refund, and one capture more is refused before anything moves', async () => {
    const payment = await givenAuthorizedPayment();
    await eachConcurrently(60, 6, async (index) => {
      await buyer.client.capturePayment(payment.id, { amount: 100 }, `many-${index}`);
    });
    await expect(buyer.client.capturePayment(payment.id, { amount: 100 }, 'many-more')).rejects.toMatchObject({
      code: 'too_many_movements',
    });
    const refund = await buyer.client.refundPayment(payment.id, { reason: 'all of it' }, 'many-back');
    expect(refund).toMatchObject({ status: 'succeeded', amount: 6000 });
    await buyer.client.voidPayment(payment.id, 'many-void');
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'refunded', amountRefunded: 6000 });
    expect(await acquirerSum([refund.reference])).toBe(6000);
  }, 120_000);

  test('is never captured: of forty captures, voids and doubled requests at once the books agree afterwards', async () => {
    const payment = await givenAuthorizedPayment();
    const requests = Array.from({ length: 40 }, (_, index) =>
      index === 20
        ? buyer.client.voidPayment(payment.id, 'race-void')
        : buyer.client.capturePayment(payment.id, { amount: 700 }, `race-${index % 30}`),
    );
    await Promise.allSettled(requests);
    await instance.advance('PT3M');
    const final = await buyer.client.getPayment(payment.id);
    const references = final.captures.map(({ reference }) => reference);
    expect(await acquirerSum(references)).toBe(final.amountCaptured);
    expect(final.amountCaptured).toBeLessThanOrEqual(10_000);
    expect(['captured', 'voided', 'partially_captured']).toContain(final.status);
  });
});

describe('an outcome that is not known', () => {
  test.each(['drop_before', 'drop_after', 'error'])('of a capture or refund (%s) is found out', async (kind) => {
    const payment = await givenAuthorizedPayment();
    await acquirerFault('capture', kind);
    const capture = await buyer.client.capturePayment(payment.id, {}, `c-${kind}`);
    await clearAcquirerFaults();
    expect(capture).toMatchObject({ status: 'processing', payment: { status: 'authorized' } });
    await instance.advance('PT5M');
    expect(await buyer.client.capturePayment(payment.id, {}, `c-${kind}`)).toMatchObject({ status: 'succeeded' });
    await acquirerFault('refund', kind);
    const refund = await buyer.client.refundPayment(payment.id, { amount: 1000, reason: 'r' }, `r-${kind}`);
    await clearAcquirerFaults();
    expect(refund).toMatchObject({ status: 'processing' });
    await instance.advance('PT5M');
    const final = await buyer.client.getPayment(payment.id);
    expect(final).toMatchObject({ status: 'partially_refunded', amountCaptured: 10_000, amountRefunded: 1000 });
    expect(await acquirerSum([capture.reference])).toBe(10_000);
    expect(await acquirerSum([refund.reference])).toBe(1000);
  });
});
