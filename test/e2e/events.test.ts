import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { event } from '../../contracts/events.ts';
import { deriveId } from '../../core/ids.ts';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { giveWordOfForgottenBatch } from './forgotten-batch.ts';
import { cardNumber, encodings, paymentOf, shopper } from './support.ts';

/** What the bus accepted, in order. */
const accepted: z.infer<typeof event>[] = [];
const putEvents = z.object({ Entries: z.array(z.object({ Detail: z.string() })) });
let here: CloudHere;
let buyer: ReturnType<typeof shopper>;

beforeAll(async () => {
  here = await startCloudHere(({ service, operation, input, outcome }: ObservedCall) => {
    if (service !== 'events' || operation !== 'PutEvents' || outcome.kind !== 'answered') return;
    accepted.push(...putEvents.parse(input).Entries.map(({ Detail: detail }) => event.parse(JSON.parse(detail))));
  });
  buyer = shopper(here);
});

afterAll(async () => {
  await here.stop();
});

/** The events that the transitions of these payments must have been announced by. */
async function expectedEvents(paymentIds: readonly string[]): Promise<readonly string[]> {
  const timelines = await Promise.all(paymentIds.map((id) => buyer.client.getTimeline(id)));
  return timelines.flatMap(({ data }, position) =>
    data
      .filter(({ kind, version }) => kind === 'transition' && version !== 1)
      .map(({ version }) => deriveId('evt_', paymentIds[position] ?? '', String(version))),
  );
}

async function payTimes(count: number, first: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = first; index < first + count; index += 1) {
    const token = await buyer.token(index % 3 === 0 ? '4000000000000002' : cardNumber(index));
    ids.push((await buyer.client.createPayment(paymentOf(here, token, index), randomUUID())).id);
  }
  return ids;
}

const seen = () => new Set(accepted.map(({ id }) => id));

describe('every transition is announced', () => {
  test('within a moment, with its id, its version and nothing of the card or the buyer', async () => {
    const ids = await payTimes(3, 1);
    await here.advance('PT1S');
    for (const id of await expectedEvents(ids)) expect(seen()).toContain(id);
    const text = JSON.stringify(accepted);
    for (const secret of [
      ...[...buyer.numbers].flatMap(encodings),
      'buyer-1',
      '@example.com',
      'fingerprint',
      'device-',
    ]) {
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    }
  });

  test('late, when the bus was away for longer than the stream tries', async () => {
    here.cloud.faults.add({ service: 'events', operation: 'PutEvents', kind: 'error_before', rate: 1 });
    const ids = await payTimes(5, 20);
    await here.advance('PT1H');
    const missing = await expectedEvents(ids);
    expect(missing.length).toBe(5);
    for (const id of missing) expect(seen()).not.toContain(id);
    here.cloud.faults.clear();
    await here.advance('PT12M');
    for (const id of missing) expect(seen()).toContain(id);
  });

  test('again from the table, when the stream gave it up and has forgotten it', async () => {
    const [id = ''] = await payTimes(1, 70);
    await here.advance('PT1S');
    const [expected] = await expectedEvents([id]);
    const times = () => accepted.filter((each) => each.id === expected).length;
    const before = times();
    const queues = { queue: 'UnpublishedQueue', table: 'PaymentsTable' };
    await giveWordOfForgottenBatch(here, queues, await here.now(), await here.now());
    await here.advance('PT6M');
    expect(times()).toBe(before + 1);
  });

  test('at least once while the stream drops, doubles and shuffles what it hands over', async () => {
    for (const kind of ['drop', 'duplicate', 'reorder'] as const) {
      here.cloud.faults.add({ service: 'dynamodb', operation: 'deliver', kind, rate: 0.5, seed: 3 });
    }
    const ids = await payTimes(8, 40);
    await here.advance('PT1H');
    here.cloud.faults.clear();
    await here.advance('PT12M');
    for (const id of await expectedEvents(ids)) expect(seen()).toContain(id);
  });
});
