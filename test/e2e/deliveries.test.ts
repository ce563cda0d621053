import { afterAll, describe, expect, test } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readBooks } from '../../adapters/dynamodb/read-books.ts';
import { toEvents } from '../../adapters/events/event-publisher.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { acquirerOf } from './disputing.ts';
import { invokeFunction } from './invoke-function.ts';
import { provenBooks } from './proven-books.ts';
import { seed } from './random-lives.ts';
import { storedItems } from './stored-items.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';
import { whatCameOut } from './what-came-out.ts';

const decliningCard = '4000000000000002';
const random = seededRandom(seed);
/**
 * Ten past noon of tomorrow, so that counters of an hour and books of a day hold the same payments on every run, and no
 * schedule of a fixed time falls into the story.
 */
const startsAt = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 12 * 3_600_000 + 600_000);
const opened: CloudHere[] = [];

afterAll(async () => {
  for (const here of opened) await here.stop();
});

/** Each item three times, in any order. */
function thriceShuffled<T>(items: readonly T[]): readonly T[] {
  return [...items, ...items, ...items]
    .map((item) => ({ item, key: random() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

/** How the acquirer's messages about a dispute, by their versions, reach us. */
type Tell = (versions: readonly number[]) => readonly number[];

/**
 * Money on every way: cards, gift cards, both, a converted amount; captured in parts, refunded, released, declined; a
 * dispute that is won, one that is lost. Several things happen at once, so that batches hold several of them.
 * Answers the ids of the gift cards.
 */
async function tellStory(here: CloudHere, tell: Tell): Promise<readonly string[]> {
  const { client, token } = shopper(here);
  const acquirer = acquirerOf(here);
  const cards = await Promise.all(
    [1, 2, 3].map((index) => client.issueGiftCard({ amount: 3000, currency: 'EUR' }, `story-card-${index}`)),
  );
  const giftCard = (index: number) => ({ type: 'gift_card', code: cards[index]?.code ?? '' }) as const;
  const pay = async (index: number, changes: object = {}, number = cardNumber(index)) => {
    const body = { ...paymentOf(here, await token(number), index, 10_000), ...changes };
    return (await client.createPayment(body, `story-${index}`)).id;
  };
  const split = async (index: number, card: number, number = cardNumber(index)) =>
    pay(index, { tenders: [giftCard(card), { type: 'card', token: await token(number) }] }, number);
  const capture = (id: string, index: number, body: object = {}) =>
    client.capturePayment(id, body, `story-capture-${index}`);
  const refund = (id: string, index: number, amount: number) =>
    client.refundPayment(id, { amount, reason: 'story' }, `story-refund-${index}`);

  await Promise.all([
    pay(1).then(async (id) => {
      await capture(id, 1, { amount: 6000 });
      await Promise.all([capture(id, 2, { amount: 4000 }), refund(id, 1, 1000)]);
      await refund(id, 2, 9000);
    }),
    pay(2).then((id) => client.voidPayment(id, 'story-void')),
    pay(3, { capture: 'automatic', currency: 'JPY' }),
    pay(4, {}, decliningCard),
    pay(5, {}, decliningCard),
    split(6, 0).then(async (id) => {
      await capture(id, 3, { amount: 5000, final: true });
      await refund(id, 3, 4000);
    }),
    split(7, 1, decliningCard),
    pay(8, { tenders: [giftCard(2)], amount: 2500 }).then((id) => capture(id, 4)),
    client
      .createFxQuote({ from: 'SEK', to: 'EUR', amount: 50_000, lock: '1h' }, 'story-quote')
      .then(({ id }) => pay(9, { fxQuoteId: id, amount: 50_000, currency: 'SEK' }))
      .then((id) => capture(id, 5)),
  ]);
  const disputed = await Promise.all([10, 11].map(async (index) => (await capture(await pay(index), index)).reference));
  await acquirer.hold();
  for (const [reference, end] of disputed.map((each, index) => [each, ['won', 'lost'][index] ?? ''] as const)) {
    const { id } = await acquirer.dispute(reference);
    await acquirer.move(id, 'under_review');
    await acquirer.move(id, end);
    for (const version of tell([1, 2, 3])) await acquirer.tell(id, version);
  }
  await acquirer.release();
  await here.advance('PT30M');
  return cards.map(({ id }) => id);
}

async function given(): Promise<CloudHere> {
  const here = await startCloudHere(undefined, startsAt);
  opened.push(here);
  return here;
}

/** From now on every record and every event comes three times, and what comes together comes in another order. */
function disturbDeliveries({ cloud: { faults } }: CloudHere): void {
  for (const service of ['dynamodb', 'events']) {
    faults.add({ service, operation: 'deliver', kind: 'duplicate', rate: 1 });
    // Of the two now every second once more.
    faults.add({ service, operation: 'deliver', kind: 'duplicate', nth: 2 });
  }
  faults.add({ service: 'dynamodb', operation: 'deliver', kind: 'reorder', rate: 1, seed: 1 });
}

type Item = Record<string, AttributeValue>;
const streamRecords = (items: readonly Item[]) =>
  items.map((item, index) => ({ eventName: 'INSERT', dynamodb: { SequenceNumber: String(index), NewImage: item } }));

/** Hands everything that ever was to tell to whoever consumes it, three times and shuffled. */
async function deliverAllAgain(here: CloudHere): Promise<void> {
  const transitionsIn = async (table: string) =>
    (await storedItems(here, table)).filter(({ sk }) => sk?.S?.startsWith('transition#') === true);
  const [ofPayments, ofGiftCards] = [await transitionsIn('PaymentsTable'), await transitionsIn('GiftCardsTable')];
  const { paymentTransitions } = readBooks(ofPayments);
  const opening = (await storedItems(here, 'PaymentsTable')).filter(({ sk }) => sk?.S === 'payment');
  const streams: readonly (readonly [string, readonly Item[]])[] = [
    ['PaymentUpkeepPublishEvents', ofPayments],
    ['GiftCardUpkeepPublishGiftCardEvents', ofGiftCards],
    ['LedgerJournalEntries', [...ofPayments, ...ofGiftCards]],
    ['PaymentUpkeepWatchPayments', opening],
    ['FraudRememberPayments', opening],
  ];
  for (const [id, items] of streams) {
    expect(items.length).toBeGreaterThan(2);
    const records = streamRecords(thriceShuffled(items));
    for (let from = 0; from < records.length; from += 25) {
      const answer = await invokeFunction(here, id, 'RequestResponse', { Records: records.slice(from, from + 25) });
      expect(answer).toEqual(id === 'PaymentUpkeepWatchPayments' ? null : { batchItemFailures: [] });
    }
  }
  const declines = paymentTransitions.flatMap(toEvents).filter(({ type }) => type === 'payment.declined');
  for (const detail of thriceShuffled(declines))
    await invokeFunction(here, 'FraudCountDeclines', 'RequestResponse', { detail });
  const messages = opening.map(({ pk }, index) => ({
    messageId: String(index),
    body: JSON.stringify({ paymentIds: [pk?.S] }),
  }));
  await invokeFunction(here, 'PaymentUpkeepLookAfterPayments', 'RequestResponse', {
    Records: thriceShuffled(messages),
  });
  for (const { id } of await acquirerOf(here).notifications()) {
    for (let times = 0; times < 3; times += 1) await acquirerOf(here).send('POST', `/notifications/${id}/send`);
  }
  await here.advance('PT30M');
}

describe(`events that come three times and in any order, of seed ${seed}`, () => {
  test('leave books, views and lots as those that come once and in order', async () => {
    const calm = await given();
    const cards = await tellStory(calm, (versions) => versions);
    const expected = await whatCameOut(calm, cards);
    // The story has all that it should compare.
    expect(expected).toMatchObject({ exceptions: [], declines: [['buyer-4', 'buyer-5', 'buyer-7']] });
    for (const part of [expected.payments, expected.lots, expected.disputes, expected.entries])
      expect(part.length).toBeGreaterThan(1);

    const disturbed = await given();
    disturbDeliveries(disturbed);
    const itsCards = await tellStory(disturbed, thriceShuffled);
    expect(disturbed.cloud.faults.list().map(({ met }) => met > 0)).toEqual([true, true, true, true, true]);
    expect(await whatCameOut(disturbed, itsCards)).toEqual(expected);

    disturbed.cloud.faults.clear();
    await deliverAllAgain(disturbed);
    expect(await whatCameOut(disturbed, itsCards)).toEqual(expected);
    expect(provenBooks(disturbed.dataDir).findings).toEqual([]);
  }, 300_000);
});
