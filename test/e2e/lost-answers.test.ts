import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { allPages } from '../../scripts/all-pages.ts';
import type { Instance } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import {
  acquirerBook,
  cardNumber,
  eachConcurrently,
  expectBooksToAgree,
  filesHolding,
  paymentOf,
  shopper,
} from './support.ts';

const paymentCount = 300;
let instance: Instance;

beforeAll(async () => {
  instance = await startInstance();
});

afterAll(async () => {
  await instance.stop();
});

describe(`${paymentCount} payments while the acquirer drops answers before and after committing`, () => {
  test('agree with its records payment by payment, and nothing stays processing', async () => {
    const buyer = shopper(instance);
    for (const fault of [
      { operation: 'authorize', kind: 'drop_before', rate: 0.1, seed: 11 },
      { operation: 'authorize', kind: 'drop_after', rate: 0.1, seed: 12 },
      { operation: 'authorize', kind: 'error', rate: 0.05, seed: 13 },
      { operation: 'lookUp', kind: 'drop_before', rate: 0.2, seed: 14 },
      { operation: 'cancel', kind: 'drop_after', rate: 0.2, seed: 15 },
    ]) {
      const { ok } = await fetch(`${instance.outputs.acquirerUrl}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      });
      expect(ok).toBe(true);
    }
    const answered = new Map<string, string>();
    await eachConcurrently(paymentCount, 8, async (index) => {
      const token = await buyer.token(cardNumber(10_000 + index));
      const { id, status } = await buyer.client.createPayment(paymentOf(instance, token, index), randomUUID());
      answered.set(id, status);
    });
    expect(answered.size).toBe(paymentCount);
    const unknown = [...answered.values()].filter((status) => status === 'processing').length;
    expect(unknown).toBeGreaterThan(paymentCount * 0.1);

    await instance.advance('PT45M');
    const payments = await allPages((query) => buyer.client.listPayments(query));
    expect(payments).toHaveLength(paymentCount);
    expectBooksToAgree(payments, await acquirerBook(instance));
    // Whoever was told an outcome was told the truth.
    for (const { id, status } of payments) {
      if (answered.get(id) !== 'processing') expect([id, status]).toEqual([id, answered.get(id)]);
    }
    expect(filesHolding(instance.dataDir, buyer.numbers)).toEqual([]);
  }, 300_000);
});
