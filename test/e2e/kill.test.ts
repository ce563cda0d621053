import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { CreatePayment } from '../../packages/client/index.ts';
import type { Connection } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import { cvcFields, storedTables } from './stored-tables.ts';
import {
  acquirerBook,
  allPayments,
  cardNumber,
  expectBooksToAgree,
  filesHolding,
  paymentOf,
  shopper,
} from './support.ts';

const kills = 20;
const tokenPage = z.object({ data: z.array(z.object({ id: z.string() })), nextCursor: z.string().nullable() });
const dataDir = mkdtempSync(join(tmpdir(), 'quittance-kill-'));

afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

async function expectNoCvcLeft(folder: string): Promise<void> {
  const tables = await storedTables(folder);
  const [cvcTable, ...others] = [...tables.keys()].filter((name) => name.includes('CvcTable'));
  expect([cvcTable, others]).toEqual([expect.any(String), []]);
  expect(tables.get(cvcTable ?? '')).toEqual([]);
  expect([...tables].flatMap(([name, items]) => items.flatMap((item) => cvcFields(item, name)))).toEqual([]);
}

/** The ids of all saved cards of the caller. */
function cardTokenOf({ tenders }: CreatePayment): string {
  return tenders.flatMap((tender) => (tender.type === 'card' ? tender.token : []))[0] ?? '';
}

async function savedTokens(instance: Connection): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const answer = await fetch(`${instance.baseUrl}/v1/tokens?limit=100${query}`, {
      headers: { authorization: `Bearer ${await instance.accessTokenFor('tokens/write')()}` },
    });
    const page = tokenPage.parse(await answer.json());
    for (const { id } of page.data) ids.add(id);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

interface Started {
  readonly key: string;
  readonly body: CreatePayment;
  acknowledged?: { id: string; status: string };
}

describe(`${kills} times kill -9 under load`, () => {
  test('every acknowledged payment is there, every started one comes to an end, and the books agree', async () => {
    const started: Started[] = [];
    const numbers = new Set<string>();
    for (let round = 0; round < kills; round += 1) {
      const instance = await startInstance({ dataDir });
      const buyer = shopper(instance);
      let alive = true;
      const wanted = 3 + (round % 5) * 4;
      let acknowledgedNow = 0;
      const enough = Promise.withResolvers<undefined>();
      const lane = async (laneIndex: number) => {
        for (let index = 0; alive; index += 1) {
          const number = round * 100_000 + laneIndex * 1000 + index;
          const token = await buyer.token(cardNumber(number));
          const payment: Started = { key: `kill-${number}`, body: paymentOf(instance, token, number) };
          started.push(payment);
          const { id, status } = await buyer.client.createPayment(payment.body, payment.key);
          payment.acknowledged = { id, status };
          acknowledgedNow += 1;
          if (acknowledgedNow >= wanted) enough.resolve(undefined);
        }
      };
      const lanes = [0, 1, 2, 3].map((laneIndex) => lane(laneIndex).catch(() => undefined));
      await Promise.race([enough.promise, Promise.all(lanes)]);
      alive = false;
      await instance.kill();
      await Promise.all(lanes);
      for (const number of buyer.numbers) numbers.add(number);
    }

    const instance = await startInstance({ dataDir });
    try {
      await instance.advance('PT30M');
      const payments = await allPayments(instance);
      const byId = new Map(payments.map((payment) => [payment.id, payment]));
      const acknowledged = started.flatMap((payment) => payment.acknowledged ?? []);
      expect(acknowledged.length).toBeGreaterThan(kills * 3);
      for (const { id, status } of acknowledged) {
        expect([id, byId.get(id)?.status]).toEqual([id, status === 'processing' ? expect.any(String) : status]);
      }
      expectBooksToAgree(payments, await acquirerBook(instance));
      const tokens = await savedTokens(instance);
      expect(started.filter(({ body }) => !tokens.has(cardTokenOf(body)))).toEqual([]);
      // Whoever got no answer asks again with the same key, and finds out without paying twice.
      const { client } = shopper(instance);
      const unanswered = started.filter((payment) => payment.acknowledged === undefined);
      // A kill that always fell between requests would have shown nothing.
      expect(unanswered.length).toBeGreaterThan(kills / 4);
      for (const { key, body } of unanswered) {
        const { status } = await client.createPayment(body, key);
        expect(['authorized', 'failed', 'declined']).toContain(status);
      }
      expectBooksToAgree(await allPayments(instance), await acquirerBook(instance));
      expect(filesHolding(dataDir, numbers)).toEqual([]);
    } finally {
      await instance.stop();
    }
    await expectNoCvcLeft(dataDir);
  }, 600_000);
});
