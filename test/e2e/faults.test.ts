import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CreatePayment, Payment } from '../../packages/client/index.ts';
import type { Instance } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import {
  acquirerBook,
  allPayments,
  cardNumber,
  eachConcurrently,
  expectBooksToAgree,
  filesHolding,
  paymentOf,
  shopper,
} from './support.ts';

const calls = ['error_before', 'error_after', 'throttle', 'delay', 'blackout'] as const;
const deliveries = ['duplicate', 'reorder', 'drop'] as const;

/** Which kinds of fault each service that we use can meet. */
const matrix: Readonly<Record<string, readonly string[]>> = {
  dynamodb: [...calls, 'conflict', ...deliveries],
  kms: calls,
  states: calls,
  lambda: calls,
  events: [...calls, ...deliveries],
  sqs: calls,
};
const cells = Object.entries(matrix).flatMap(([service, kinds]) => kinds.map((kind) => [service, kind] as const));
const paymentsPerCell = 8;

let instance: Instance;
let buyer: ReturnType<typeof shopper>;

beforeAll(async () => {
  instance = await startInstance();
  buyer = shopper(instance);
});

afterAll(async () => {
  await instance.stop();
});

async function setFault(fault: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${instance.baseUrl}/_local/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function clearFaults(): Promise<void> {
  const { ok } = await fetch(`${instance.baseUrl}/_local/faults`, { method: 'DELETE' });
  expect(ok).toBe(true);
}

async function faultFor(service: string, kind: string, seed: number): Promise<Readonly<Record<string, unknown>>> {
  const operation = deliveries.some((name) => name === kind) ? 'deliver' : '*';
  if (kind !== 'blackout')
    return { service, operation, kind, rate: 0.25, seed, ...(kind === 'delay' ? { delayMilliseconds: 150 } : {}) };
  const until = new Date((await instance.now()).getTime() + 60_000).toISOString();
  return { service, operation, kind, until };
}

/** A try at the API that may fail: what the caller learned, if anything. */
async function attempt(body: CreatePayment, key: string): Promise<Payment | undefined> {
  const answer = await fetch(`${instance.baseUrl}/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await instance.accessTokenFor('payments/create')()}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return answer.ok ? (JSON.parse(text) as Payment) : undefined;
}

test('the matrix has at least thirty cells', () => {
  expect(cells.length).toBeGreaterThanOrEqual(30);
});

describe('with a fault of each kind on each service', () => {
  test.each(cells)('%s %s: nobody is charged twice, nothing stays open, the books agree', async (service, kind) => {
    const cell = cells.findIndex((other) => other[0] === service && other[1] === kind);
    const first = 100_000 + cell * 100;
    const payments: { key: string; body: CreatePayment; told: Payment | undefined }[] = [];
    await eachConcurrently(paymentsPerCell, 4, async (index) => {
      const token = await buyer.token(cardNumber(first + index));
      payments.push({
        key: `${service}-${kind}-${index}`,
        body: paymentOf(instance, token, first + index),
        told: undefined,
      });
    });

    await setFault(await faultFor(service, kind, cell + 1));
    await Promise.all([
      ...payments.map(async (payment) => {
        payment.told = await attempt(payment.body, payment.key);
      }),
      buyer.token(cardNumber(first + 50)).catch(() => undefined),
    ]);
    await clearFaults();
    await instance.advance('PT15M');

    for (const { key, body, told } of payments) {
      const final = await buyer.client.createPayment(body, key);
      // A key that never got as far as a payment makes one now; all others find the one they made.
      expect([key, final.status]).toEqual([key, expect.stringMatching(/^(authorized|failed|declined)$/u)]);
      if (told) expect(final.id).toBe(told.id);
      if (told && told.status !== 'processing') expect(final).toEqual(told);
    }
    const book = await acquirerBook(instance);
    expectBooksToAgree(await allPayments(instance), book);
    const keys = new Set(payments.map(({ body }) => body.buyer.id));
    expect(keys.size).toBe(paymentsPerCell);
  });
});

test('none of it left a card number in any file', () => {
  expect(filesHolding(instance.dataDir, buyer.numbers)).toEqual([]);
});
