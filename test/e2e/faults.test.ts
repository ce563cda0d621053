import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { deriveId } from '../../core/ids.ts';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import type { Fault } from '../../local/kernel/faults.ts';
import type { CreatePayment, Payment } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
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
type Kind = Fault['kind'];

/** Which kinds of fault each service that we use can meet. The bus delivers one by one: there is no order to disturb. */
const matrix: Readonly<Record<string, readonly Kind[]>> = {
  dynamodb: [...calls, 'conflict', ...deliveries],
  kms: calls,
  states: calls,
  lambda: calls,
  events: [...calls, 'duplicate', 'drop'],
  sqs: calls,
};
const cells = Object.entries(matrix).flatMap(([service, kinds]) => kinds.map((kind) => [service, kind] as const));
const paymentsPerCell = 6;
/** Besides them one that the issuer declines, so that there is an event that a rule hands on. */
const decliningCard = '4000000000000002';

const putEvents = z.object({ Entries: z.array(z.object({ Detail: z.string() })) });
const announced = new Set<string>();
let here: CloudHere;
let buyer: ReturnType<typeof shopper>;

beforeAll(async () => {
  here = await startCloudHere(({ service, operation, input, outcome }: ObservedCall) => {
    if (service !== 'events' || operation !== 'PutEvents' || outcome.kind !== 'answered') return;
    for (const { Detail: detail } of putEvents.parse(input).Entries) {
      announced.add(z.object({ id: z.string() }).parse(JSON.parse(detail)).id);
    }
  });
  buyer = shopper(here);
});

afterAll(async () => {
  await here.stop();
});

/** A quarter of all calls; of what happens a few times in a cell, all of them at first. */
function faultFor(service: string, kind: Kind, seed: number, now: Date): Fault {
  const operation = deliveries.some((name) => name === kind) ? 'deliver' : '*';
  if (kind === 'blackout') {
    return { service, operation, kind, until: new Date(now.getTime() + 15 * 60_000).toISOString() };
  }
  const delay = kind === 'delay' ? { delayMilliseconds: 150 } : {};
  // Of what happens a few times only, all of them; of all else a quarter.
  const often = service === 'events' || service === 'sqs' ? { rate: 1 } : { rate: 0.25 };
  return { service, operation, kind, seed, ...often, ...delay };
}

/** A try at the API that may fail: what the caller learned, if anything. */
async function attempt(body: CreatePayment, key: string): Promise<Payment | undefined> {
  const answer = await fetch(`${here.baseUrl}/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await here.accessTokenFor('payments/create')()}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return answer.ok ? (JSON.parse(text) as Payment) : undefined;
}

async function preparedPayments(cell: number, name: string) {
  const payments: { key: string; body: CreatePayment; told: Payment | undefined }[] = [];
  await eachConcurrently(paymentsPerCell + 1, 4, async (index) => {
    const number = 100_000 + cell * 100 + index;
    const token = await buyer.token(index === paymentsPerCell ? decliningCard : cardNumber(number));
    payments.push({ key: `${name}-${index}`, body: paymentOf(here, token, number), told: undefined });
  });
  return payments;
}

/** What the transitions of a payment must have been announced by. */
async function expectedEvents(paymentId: string): Promise<readonly string[]> {
  const { data } = await buyer.client.getTimeline(paymentId);
  return data
    .filter(({ kind, version }) => kind === 'transition' && version !== 1)
    .map(({ version }) => deriveId('evt_', paymentId, String(version)));
}

test('the matrix has at least thirty cells', () => {
  expect(cells.length).toBeGreaterThanOrEqual(30);
});

describe('with a fault of each kind on each service', () => {
  test.each(cells)(
    '%s %s: nobody is charged twice, nothing stays open, the books agree, all is announced',
    async (service, kind) => {
      const cell = cells.findIndex((other) => other[0] === service && other[1] === kind);
      const payments = await preparedPayments(cell, `${service}-${kind}`);
      const { faults } = here.cloud;

      faults.add(faultFor(service, kind, cell + 1, await here.now()));
      // The queue is used when the bus is away for longer than the stream tries.
      if (service === 'sqs') {
        faults.add({ service: 'events', operation: 'PutEvents', kind: 'error_before', rate: 1 });
      }
      await Promise.all([
        ...payments.map(async (payment) => {
          payment.told = await attempt(payment.body, payment.key);
        }),
        buyer.token(cardNumber(100_000 + cell * 100 + 50)).catch(() => undefined),
      ]);
      await here.advance(service === 'sqs' ? 'PT12M' : 'PT1M');
      // A check whose fault nobody met has shown nothing.
      expect(faults.list()[0]?.met).toBeGreaterThan(0);
      faults.clear();
      await here.advance('PT15M');

      for (const { key, body, told } of payments) {
        const final = await buyer.client.createPayment(body, key);
        // A key that never got as far as a payment makes one now; all others find the one they made.
        expect([key, final.status]).toEqual([key, expect.stringMatching(/^(authorized|failed|declined)$/u)]);
        if (told) expect(final.id).toBe(told.id);
        if (told && told.status !== 'processing') expect(final).toEqual(told);
      }
      await here.advance('PT12M');
      const all = await allPayments(here);
      expectBooksToAgree(all, await acquirerBook(here));
      const ofCell = all.filter(({ buyer: { id } }) => payments.some(({ body }) => body.buyer.id === id));
      expect(ofCell).toHaveLength(payments.length);
      const missing = (await Promise.all(ofCell.map(({ id }) => expectedEvents(id)))).flat();
      expect(missing.filter((id) => !announced.has(id))).toEqual([]);
    },
  );
});

describe('after all of it', () => {
  test('no card number is left in any file', () => {
    expect(filesHolding(here.dataDir, buyer.numbers)).toEqual([]);
  });

  test('no security code is left in its table', async () => {
    await here.advance('PT20M');
    const table = here.cloud.assembly.resources.find(({ logicalId }) => logicalId.startsWith('CvcTable'));
    const { accessKeyId, secretAccessKey, sessionToken } = here.cloud.operatorCredentials;
    const dynamo = new DynamoDBClient({
      endpoint: here.cloud.awsUrl,
      region: here.cloud.region,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
    const { Count: count } = await dynamo.send(
      new ScanCommand({ TableName: table?.physicalId ?? '', ConsistentRead: true }),
    );
    dynamo.destroy();
    expect(count).toBe(0);
  });
});
