import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoFraudMemory } from '../../../adapters/dynamodb/fraud-memory.ts';
import { dynamoProfileBook } from '../../../adapters/dynamodb/profile-book.ts';
import { featureNames, features, newState, update } from '../../../core/fraud/features/features.ts';
import { mostNoted } from '../../../core/fraud/features/bursts.ts';
import { rememberAll, rememberDecline, rememberedPayment } from '../../../core/fraud/remember.ts';
import type { ScoreOrder } from '../../../core/fraud/ports.ts';
import { stateOf } from '../../../core/fraud/score-fraud.ts';
import { daysOf, paymentEventOf, takingPartOf } from '../../../core/fraud/taking-part.ts';
import { seededRandom } from '../../../local/kernel/random.ts';
import { Memory } from '../../../model/evaluation/memory.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, givenDynamo } from './dynamo-world.ts';

const withTables = dynoxide === undefined ? test.skip : test;
let world: DynamoWorld;

beforeAll(async () => {
  if (dynoxide === undefined) return;
  const key = { AttributeName: 'pk' } as const;
  const tables = ['fraud', 'reviews'].map((TableName) => ({
    ...{ TableName, BillingMode: 'PAY_PER_REQUEST' as const },
    AttributeDefinitions: [{ ...key, AttributeType: 'S' as const }],
    KeySchema: [{ ...key, KeyType: 'HASH' as const }],
  }));
  world = await givenDynamo(tables);
});

afterAll(async () => {
  if (dynoxide !== undefined) await world.close();
});

const start = Date.parse('2026-11-22T20:00:00.000Z');
const order = (paymentId: string, changes: Partial<ScoreOrder> = {}): ScoreOrder => ({
  ...{ paymentId, fingerprint: 'card', sellerId: 'seller', buyerId: 'buyer', amount: 4200n, currency: 'EUR' },
  ...{ ip: '10.0.0.1', deviceId: 'device', billingCountry: 'DE', shippingCountry: 'DE' },
  ...changes,
});
const given = () => ({
  memory: dynamoFraudMemory(world.client, { fraudTableName: 'fraud', reviewsTableName: 'reviews' }),
  book: dynamoProfileBook(world.client, 'fraud'),
  backOff: () => Promise.resolve(),
});

/** Payments of few cards, devices, buyers and sellers, so that they meet; minutes, hours and now and then weeks apart. */
function randomOrders(
  count: number,
): readonly { readonly order: ScoreOrder; readonly time: Date; readonly declined: boolean }[] {
  const random = seededRandom(7);
  const oneOf = (name: string, most: number) => `${name}-${Math.floor(random() * most)}`;
  let time = start;
  return Array.from({ length: count }, (_, index) => {
    time += Math.floor(random() < 0.05 ? random() * 20 * 86_400_000 : random() * random() * 14_400_000);
    const byCard = random() < 0.8;
    return {
      order: order(`pay_${index}`, {
        fingerprint: byCard ? oneOf('card', 6) : undefined,
        ...{
          sellerId: oneOf('seller', 2),
          buyerId: oneOf('buyer', 5),
          deviceId: oneOf('device', 4),
          ip: oneOf('ip', 3),
        },
        ...{ amount: BigInt(Math.floor(random() * 50_000) + 1), shippingCountry: random() < 0.2 ? 'FR' : 'DE' },
        ...(byCard ? {} : { giftCards: [{}] }),
      }),
      time: new Date(time),
      declined: byCard && random() < 0.2,
    };
  });
}

describe('what is remembered of payments', () => {
  withTables('makes the features that the replay makes, to the last digits', async () => {
    const { memory, ...rest } = given();
    const replayed = new Memory();
    for (const { order: one, time, declined } of randomOrders(150)) {
      const [at, takingPart] = [daysOf(time), takingPartOf(one)];
      const event = paymentEventOf(one, takingPart, at);
      const state = replayed.of(takingPart, at);
      const expected = features(state, event);
      const served = stateOf(
        await memory.count(one.paymentId, takingPart, at),
        await memory.recall(takingPart, at),
        at,
      );
      for (const [index, value] of features(served, event).entries()) {
        const off = Math.abs(value - (expected[index] ?? NaN)) / Math.max(1, Math.abs(value));
        expect([featureNames[index], off < 1e-9]).toEqual([featureNames[index], true]);
      }
      const after = update(state, event, event);
      replayed.keep(takingPart, declined ? update(after, { kind: 'decline', at }, event) : after);
      // Told twice each, as a stream and a bus may.
      for (const dependencies of [rest, rest]) await rememberAll(dependencies, [rememberedPayment(one, time)]);
      if (declined) for (const _ of [1, 2]) await rememberDecline({ memory, ...rest }, one, time);
    }
  });

  withTables('is the same when one payment is counted twice, and goes on when a day has counted many', async () => {
    const { memory } = given();
    const at = daysOf(new Date(start)) + 30;
    const takingPart = takingPartOf(order('', { fingerprint: 'busy', deviceId: 'kiosk' }));
    const count = (paymentId: string) => memory.count(paymentId, takingPart, at);
    expect((await count('pay_a')).card.payments).toBe(0);
    const [first, again] = [await count('pay_b'), await count('pay_b')];
    expect(again).toEqual(first);
    expect(first.card).toMatchObject({ payments: 1, others: [takingPart.device] });
    await Promise.all(Array.from({ length: mostNoted + 20 }, (_, index) => count(`pay_${index}`)));
    const { card } = await count('pay_last');
    expect(card.payments).toBe(mostNoted + 22);
    const [item] = (await world.items('fraud')).filter(({ pk }) =>
      String(pk).startsWith(`burst#card#${takingPart.card}#`),
    );
    expect(item?.['paymentIds']).toHaveProperty('size', mostNoted);
    expect(JSON.stringify([...Object.entries(item ?? {})]).length).toBeLessThan(1024);
  });

  withTables('loses nothing when many tell the same seller at once', async () => {
    const { memory, ...rest } = given();
    const time = new Date(start + 86_400_000);
    const payments = Array.from({ length: 40 }, (_, index) =>
      rememberedPayment(order(`pay_crowd_${index}`, { sellerId: 'crowded', buyerId: `b-${index}` }), time),
    );
    const parts = [0, 10, 20, 30].map((from) => payments.slice(from, from + 10));
    await Promise.all(parts.map((part) => rememberAll(rest, part)));
    await rememberAll(rest, payments);
    const { seller } = await memory.recall(takingPartOf(order('', { sellerId: 'crowded' })), daysOf(time));
    expect(seller?.young).toEqual([{ day: Math.floor(daysOf(time)), payments: 40 }]);
    expect(newState(0).seller.young).toEqual([]);
  });

  withTables('stands in items below a kilobyte', async () => {
    const { memory: _memory, ...rest } = given();
    const all = Array.from({ length: 300 }, (_, index) =>
      rememberedPayment(
        order(`pay_many_${index}`, { fingerprint: `c-${index % 20}`, deviceId: `d-${index}`, sellerId: 'large' }),
        new Date(start + index * 3_600_000),
      ),
    );
    for (let from = 0; from < all.length; from += 100) await rememberAll(rest, all.slice(from, from + 100));
    const sizes = (await world.items('fraud')).map((item) => ({ pk: String(item['pk']), size: sizeOf(item) }));
    expect(sizes.filter(({ size }) => size >= 1024)).toEqual([]);
  });
});

/** Roughly as DynamoDB counts: names, text by its bytes, numbers by half their digits, three bytes more for lists. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).replace(/[^\d]/gu, '').length / 2) + 1;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Set) return [...value].reduce((sum: number, each) => sum + sizeOf(each), 3);
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + sizeOf(each) + 1, 3);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).reduce((sum, [name, each]) => sum + Buffer.byteLength(name) + sizeOf(each), 0);
  return 1;
}
