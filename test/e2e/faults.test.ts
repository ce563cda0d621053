import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { readBooks } from '../../adapters/dynamodb/read-books.ts';
import { toEvents } from '../../adapters/events/event-publisher.ts';
import { featureNames } from '../../core/fraud/features/features.ts';
import { vectorOf } from '../../core/fraud/features/kept-features.ts';
import { deriveId } from '../../core/ids.ts';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import type { Fault } from '../../local/kernel/faults.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import { goOn, live } from '../../scripts/soak/actions.ts';
import { pay } from '../../scripts/soak/actions/payments.ts';
import { check } from '../../scripts/soak/check.ts';
import { settle } from '../../scripts/soak/settle.ts';
import type { World } from '../../scripts/soak/world.ts';
import { createWorld } from '../../scripts/soak/world.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { provenBooks } from './proven-books.ts';
import { seed, soon } from './random-lives.ts';
import { storedItems } from './stored-items.ts';
import { filesHolding, paymentOf, shopper } from './support.ts';

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
/** Of what happens a few times in a cell, half or all is hit, of all else a quarter. After a throttling AWS's client waits long. */
const rates: Readonly<Record<string, number>> = {
  ...{ states: 0.5, events: 1, sqs: 1 },
  ...{ 'dynamodb throttle': 0.1, 'events throttle': 0.5, 'sqs throttle': 0.5 },
};
/** Payments of each cell that are there before the fault, and those that are made while it is in force. */
const [paymentsBefore, livesAmid] = [4, 3];
/** Besides them one that the issuer declines, so that there is an event that a rule hands on. */
const decliningCard = '4000000000000002';
/** So many more of them at most, until one was handed on. */
const moreDeclines = 3;
const random = seededRandom(seed);

const putEvents = z.object({ Entries: z.array(z.object({ Detail: z.string() })) });
const announced = new Set<string>();
const numbers = new Set<string>([decliningCard]);
const begun: { readonly cell: string; readonly at: string }[] = [];
let here: CloudHere;

beforeAll(async () => {
  here = await startCloudHere(({ service, operation, input, outcome }: ObservedCall) => {
    if (service !== 'events' || operation !== 'PutEvents' || outcome.kind !== 'answered') return;
    for (const { Detail: detail } of putEvents.parse(input).Entries) {
      announced.add(z.object({ id: z.string() }).parse(JSON.parse(detail)).id);
    }
  });
});

afterEach(() => {
  here.cloud.faults.clear();
});

afterAll(async () => {
  await here.stop();
});

function faultFor(service: string, kind: Kind, cell: number, now: Date): Fault {
  const operation = deliveries.some((name) => name === kind) ? 'deliver' : '*';
  if (kind === 'blackout') {
    return { service, operation, kind, until: new Date(now.getTime() + 15 * 60_000).toISOString() };
  }
  const delay = kind === 'delay' ? { delayMilliseconds: 150 } : {};
  const rate = rates[`${service} ${kind}`] ?? rates[service] ?? 0.25;
  return { service, operation, kind, seed: cell + 1, rate, ...delay };
}

/** For whoever reads of a fault that nobody met: what was asked, what payments became of it, and what was announced. */
async function whatWasDone(world: World) {
  const { data } = await world.client().listPayments({ limit: '20' });
  const payments = data.map(({ id, status, declineCode, failureCode }) => ({ id, status, declineCode, failureCode }));
  return { counts: [...world.tally.counts], payments, announced: announced.size };
}

async function givenDecliningPayment(cell: number) {
  const token = await shopper(here).token(decliningCard);
  return (world: World, time = 0) =>
    world.ask({
      name: 'pay by a card that is declined',
      send: (client) => client.createPayment(paymentOf(here, token, 100_000 + cell), `declined-${cell}-${time}`),
      settled: () => undefined,
      refusals: [],
    });
}

/** What the transitions of the books must have been announced by, with what they are and when. */
async function expectedEvents() {
  const items = await Promise.all(['PaymentsTable', 'GiftCardsTable'].map((table) => storedItems(here, table)));
  const { paymentTransitions, giftCardTransitions } = readBooks(items.flat());
  return [
    ...paymentTransitions.filter(({ version }) => version !== 1).flatMap(toEvents),
    ...giftCardTransitions.map(({ giftCardId, change, event, occurredAt }) => ({
      id: deriveId('evt_', giftCardId, String(change.version)),
      type: event,
      time: occurredAt,
    })),
  ];
}

test('the matrix has at least thirty cells', () => {
  expect(cells.length).toBeGreaterThanOrEqual(30);
});

describe(`with a fault of each kind on each service, amid everything that is done with payments, of seed ${seed}`, () => {
  test.each(cells)(
    '%s %s: what was told has happened, nothing stays open, and the books agree',
    async (service, kind) => {
      const cell = cells.findIndex((other) => other[0] === service && other[1] === kind);
      const world = createWorld(() => here, random, soon);
      const { faults } = here.cloud;
      begun.push({ cell: `${service} ${kind}`, at: (await here.now()).toISOString() });
      const payments = await Promise.all(Array.from({ length: paymentsBefore }, () => pay(world)));
      const decline = await givenDecliningPayment(cell);

      faults.add(faultFor(service, kind, cell, await here.now()));
      // The queue is used when the bus is away for longer than the stream tries.
      if (service === 'sqs') {
        faults.add({ service: 'events', operation: 'PutEvents', kind: 'error_before', rate: 1 });
      }
      await Promise.all([
        decline(world),
        ...payments.flatMap((payment) => (payment ? [goOn(world, payment)] : [])),
        ...Array.from({ length: livesAmid }, () => live(world)),
      ]);
      await here.advance(service === 'sqs' ? 'PT12M' : 'PT1M');
      // A check whose fault nobody met has shown nothing. On a busy machine the decline may have stayed unknown to us so far.
      const met = () => faults.list()[0]?.met ?? 0;
      for (let time = 1; met() === 0 && time <= moreDeclines; time += 1) {
        await decline(world, time);
        await here.advance('PT1M');
      }
      if (met() === 0) throw new Error(`Nothing met the fault: ${JSON.stringify(await whatWasDone(world))}`);
      faults.clear();
      await check(world, await settle(world));
      expect(world.tally.violations).toEqual([]);
      for (const number of world.cards.numbers) numbers.add(number);
    },
  );
});

describe('after all of it', () => {
  test('every transition was announced', async () => {
    const missing = (await expectedEvents()).filter(({ id }) => !announced.has(id));
    const cellAt = (time: string) => begun.findLast(({ at }) => at <= time)?.cell;
    expect(missing.map(({ type, time }) => ({ type, time, cell: cellAt(time) }))).toEqual([]);
  });

  test('what the model went by is kept of every payment that it scored', async () => {
    const { paymentTransitions } = readBooks(await storedItems(here, 'PaymentsTable'));
    const scored = paymentTransitions.filter(
      ({ version, change }) => version === 2 && change.fraud?.decidedBy === 'model',
    );
    expect(scored.length).toBeGreaterThan(cells.length);
    const kept = scored.map(({ features }) => features && vectorOf(features).length);
    expect(new Set(kept)).toEqual(new Set([featureNames.length]));
  });

  test('no security code is left in its table', async () => {
    await here.advance('PT20M');
    expect(await storedItems(here, 'CvcTable')).toEqual([]);
  });

  test('and the proof of the ledger from the stored data finds nothing that does not fit', () => {
    expect(provenBooks(here.dataDir).findings).toEqual([]);
  });

  test('no card number is left in any file', () => {
    expect(filesHolding(here.dataDir, numbers)).toEqual([]);
  });
});
