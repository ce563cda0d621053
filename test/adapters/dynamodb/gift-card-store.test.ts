import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { backOffWithJitter } from '../../../adapters/dynamodb/back-off.ts';
import { dynamoExpiryQueue } from '../../../adapters/dynamodb/expiry-queue.ts';
import { dynamoCodeIndex, dynamoGiftCardIssuer } from '../../../adapters/dynamodb/gift-card-issuer.ts';
import { toGiftCardTransition } from '../../../adapters/dynamodb/gift-card-item.ts';
import { dynamoGiftCardStore } from '../../../adapters/dynamodb/gift-card-store.ts';
import { dynamoGuessCounter } from '../../../adapters/dynamodb/guess-counter.ts';
import { dynamoTransitionLog } from '../../../adapters/dynamodb/transition-log.ts';
import { expireGiftCards } from '../../../core/gift-cards/expire-gift-cards.ts';
import type { GiftCard } from '../../../core/gift-cards/gift-card.ts';
import { holdGiftCard } from '../../../core/gift-cards/hold-gift-card.ts';
import { expiryShards } from '../../../core/gift-cards/ports.ts';
import { redeemGiftCard } from '../../../core/gift-cards/redeem-gift-card.ts';
import { refundGiftCard } from '../../../core/gift-cards/refund-gift-card.ts';
import { releaseGiftCard } from '../../../core/gift-cards/release-gift-card.ts';
import type { GiftCardTransition } from '../../../core/gift-cards/transition.ts';
import { giftCardTransition } from '../../../core/gift-cards/transition.ts';
import { deriveId } from '../../../core/ids.ts';
import { daysLater, issuedCard, start } from '../../core/gift-cards/fakes.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, givenDynamo } from './dynamo-world.ts';

const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
const index = (IndexName: string, hash: string, range: string) => ({
  IndexName,
  KeySchema: [key(hash, 'HASH'), key(range, 'RANGE')],
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
});
const attributes = ['pk', 'sk', 'expireShard', 'expireAt'];
const giftCardsTable: CreateTableCommandInput = {
  TableName: 'gift-cards',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
  GlobalSecondaryIndexes: [index('byExpireAt', 'expireShard', 'expireAt')],
};
const guardsTable: CreateTableCommandInput = {
  TableName: 'guards',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [key('pk', 'HASH')],
};
const secretsTable: CreateTableCommandInput = { ...guardsTable, TableName: 'secrets' };
const tables = { giftCardsTableName: 'gift-cards', secretsTableName: 'secrets' };
const describeWithServer = dynoxide === undefined ? describe.skip : describe;

let world: DynamoWorld;
beforeAll(async () => {
  if (dynoxide !== undefined) world = await givenDynamo([giftCardsTable, guardsTable, secretsTable]);
});
afterAll(async () => {
  if (dynoxide !== undefined) await world.close();
});

async function givenIssued(name: string, amount = 10_000n, changes: Partial<GiftCard> = {}) {
  const id = deriveId('gc_', name);
  const unissued = { ...issuedCard(amount, { id, ...changes }), balance: 0n, available: 0n, version: 0 };
  const transition = giftCardTransition(unissued, { step: 'issue' }, { credited: amount }, start);
  const hash = { keyVersion: 1, value: name };
  const issue = () => dynamoGiftCardIssuer(world.client, tables).issue(unissued, transition, hash, Buffer.from(name));
  expect(await issue()).toBe('issued');
  return { id, issue };
}

function stepsOn(giftCardId: string, client: DynamoDBClient = world.client) {
  const store = dynamoGiftCardStore(client, 'gift-cards');
  const dependencies = { giftCards: store, backOff: backOffWithJitter };
  const at = (day: number) => ({ giftCardId, now: daysLater(day) });
  return {
    store,
    hold: (paymentId: string, amount: bigint, day = 0) =>
      holdGiftCard(dependencies, { ...at(day), paymentId, amount, currency: 'EUR' }),
    redeem: (paymentId: string, captureId: string, amount: bigint, isFinal = false, day = 0) =>
      redeemGiftCard(dependencies, { ...at(day), paymentId, captureId, amount, isFinal }),
    release: (paymentId: string, day = 0) => releaseGiftCard(dependencies, { ...at(day), paymentId }),
    refund: (refundId: string, amount: bigint, day = 0) =>
      refundGiftCard(dependencies, { revivalDays: 90 }, { ...at(day), refundId, amount }),
  };
}

const fifty = Array.from({ length: 50 }, (_, at) => at);
const countOf = (kind: string, results: readonly { readonly kind: string }[]) =>
  results.filter((result) => result.kind === kind).length;

async function expectBooksToMatch(giftCardId: string): Promise<void> {
  const card = await stepsOn(giftCardId).store.find(giftCardId);
  const items = (await world.items('gift-cards')).filter(({ pk }) => pk === giftCardId);
  const transitions = items.filter(({ sk }) => String(sk).startsWith('transition#'));
  const versions = transitions.map(({ version }) => Number(version)).sort((one, other) => one - other);
  expect(versions).toEqual(transitions.map((_, at) => at + 1));
  expect(card?.version).toBe(versions.length);
  expect(card && card.balance + card.redeemed + card.lapsed).toBe(card?.amount);
}

describeWithServer('the steps of a gift card in DynamoDB', () => {
  test('come back as they were written, each once', async () => {
    const { id, issue } = await givenIssued('once', 999_999_999_999n);
    expect(await issue()).toBe('exists');
    const card = stepsOn(id);
    for (let time = 0; time < 2; time += 1) {
      expect(await card.hold('pay_1', 700n)).toMatchObject({ kind: 'held', replayed: time === 1 });
    }
    for (let time = 0; time < 2; time += 1) {
      expect(await card.redeem('pay_1', 'cap_1', 500n)).toMatchObject({ kind: 'redeemed', replayed: time === 1 });
      expect(await card.refund('ref_1', 300n)).toMatchObject({ kind: 'refunded', replayed: time === 1 });
      expect(await card.release('pay_1')).toMatchObject({ released: 200n, replayed: time === 1 });
    }
    expect(await card.store.find(id)).toMatchObject({
      balance: 999_999_999_799n,
      held: 0n,
      redeemed: 200n,
      version: 5,
    });
    await expectBooksToMatch(id);
  });

  test('fifty holds at once take exactly what is there', async () => {
    const { id } = await givenIssued('fifty holds', 3000n);
    const { client, sent } = counting(world.client);
    const card = stepsOn(id, client);
    const results = await Promise.all(fifty.map((at) => card.hold(`pay_${at}`, 100n)));
    expect([countOf('held', results), countOf('insufficient', results)]).toEqual([30, 20]);
    expect(await card.store.find(id)).toMatchObject({ balance: 3000n, held: 3000n, available: 0n });
    expect(sent()).toBeLessThan(50 * 12);
    await expectBooksToMatch(id);
  });

  test('fifty redemptions of one hold at once take exactly the hold', async () => {
    const { id } = await givenIssued('fifty redemptions of a hold');
    const card = stepsOn(id);
    await card.hold('pay_1', 3000n);
    const results = await Promise.all(fifty.map((at) => card.redeem('pay_1', `cap_${at}`, 100n)));
    expect(countOf('redeemed', results)).toBe(30);
    expect(await card.store.find(id)).toMatchObject({ balance: 7000n, held: 0n, redeemed: 3000n });
    await expectBooksToMatch(id);
  });

  test('one hold, one redemption and one refund sent twenty times at once each happen once', async () => {
    const { id } = await givenIssued('twenty of each');
    const card = stepsOn(id);
    const twenty = fifty.slice(0, 20);
    expect(countOf('held', await Promise.all(twenty.map(() => card.hold('pay_1', 500n))))).toBe(20);
    expect(countOf('redeemed', await Promise.all(twenty.map(() => card.redeem('pay_1', 'cap_1', 500n))))).toBe(20);
    expect(countOf('refunded', await Promise.all(twenty.map(() => card.refund('ref_1', 500n))))).toBe(20);
    expect(await card.store.find(id)).toMatchObject({ balance: 10_000n, redeemed: 0n, version: 4 });
  });

  test('a hold and its release that race leave nothing held, whoever comes first', async () => {
    for (const at of fifty.slice(0, 10)) {
      const { id } = await givenIssued(`race ${at}`);
      const card = stepsOn(id);
      await Promise.all(at % 2 ? [card.hold('p', 1n), card.release('p')] : [card.release('p'), card.hold('p', 1n)]);
      await card.release('p');
      expect(await card.store.find(id)).toMatchObject({ held: 0n, available: 10_000n });
    }
  });

  test('fifty holds get through where transactions on one item conflict, as they do on AWS', async () => {
    const { id } = await givenIssued('conflicts', 5000n);
    const { client, sent } = conflicting(world.client);
    const card = stepsOn(id, client);
    const results = await Promise.all(fifty.map((at) => card.hold(`pay_${at}`, 100n)));
    expect(countOf('held', results)).toBe(50);
    expect(await card.store.find(id)).toMatchObject({ held: 5000n, available: 0n });
    expect(sent()).toBeLessThan(50 * 40);
  });

  test('what expires is found by index and leaves it; a late release brings it back, a refund puts it off', async () => {
    const { id } = await givenIssued('expiry');
    const card = stepsOn(id);
    const due = async (day: number) => {
      const queue = dynamoExpiryQueue(world.client, 'gift-cards');
      const shards = Array.from({ length: expiryShards }, (_, shard) => queue.due(shard, daysLater(day), 1000));
      return (await Promise.all(shards)).flat().includes(id);
    };
    const expire = (day: number) =>
      expireGiftCards(
        { queue: dynamoExpiryQueue(world.client, 'gift-cards'), giftCards: card.store },
        daysLater(day),
        () => true,
      );
    await card.hold('pay_1', 700n);
    await card.hold('pay_2', 300n);
    expect([await due(29), await due(30)]).toEqual([false, true]);
    await expire(30);
    expect([await due(31), await expire(31)]).toEqual([false, 0]);
    await card.release('pay_2', 31);
    expect(await due(31)).toBe(true);
    expect(await expire(32)).toBe(1);
    await card.redeem('pay_1', 'cap_1', 700n, true, 33);
    expect(await due(33)).toBe(false);
    await card.refund('ref_1', 700n, 40);
    expect([await due(129), await due(130)]).toEqual([false, true]);
    expect(await card.store.find(id)).toMatchObject({ status: 'active', available: 700n, lapsed: 9300n });
    await expectBooksToMatch(id);
  });

  test('transitions are found by time, with their postings', async () => {
    const { id } = await givenIssued('log');
    await stepsOn(id).hold('pay_1', 700n, 3);
    const log = dynamoTransitionLog(world.client, 'gift-cards', toGiftCardTransition);
    const found: GiftCardTransition[] = [];
    for await (const page of log.between(daysLater(2.99), daysLater(3.01))) found.push(...page.transitions);
    expect(found).toMatchObject([
      { giftCardId: id, step: 'hold', paymentId: 'pay_1', postings: [{ account: 'gift_card_hold' }, {}] },
    ]);
  });
});

describeWithServer('codes in DynamoDB', () => {
  test('find their card by hash and key version; the secret lies in a table of its own and expires', async () => {
    const { id } = await givenIssued('code');
    const codes = dynamoCodeIndex(world.client, 'gift-cards');
    expect(await codes.findByCode({ keyVersion: 1, value: 'code' })).toBe(id);
    expect(await codes.findByCode({ keyVersion: 2, value: 'code' })).toBeUndefined();
    const issuer = dynamoGiftCardIssuer(world.client, tables);
    expect(Buffer.from((await issuer.findSecret(id)) ?? []).toString()).toBe('code');
    expect(await issuer.findIssue(id)).toMatchObject({ step: 'issue', change: { version: 1 } });
    const secret = (await world.items('secrets')).find(({ pk }) => pk === id);
    expect(secret?.['expiresAt']).toBe(Date.parse('2026-11-22T10:30:00.000Z') / 1000);
  });

  test('are guessed wrongly at most as often as the hour allows; right ones do not count, however many at once', async () => {
    const counter = dynamoGuessCounter(world.client, 'guards', 10);
    const guess = (at: number, now = start) => ({ principalId: 'guesser', guessId: `guess-${at}`, now });
    const right = fifty.slice(0, 40);
    expect((await Promise.all(right.map((at) => counter.begin(guess(at))))).every(Boolean)).toBe(true);
    // Forty are under way, four times as many as may be wrong.
    expect(await counter.begin(guess(70))).toBe(false);
    for (const at of right) {
      await counter.end(guess(at), true);
      await counter.end(guess(at), true);
    }
    for (let wrong = 0; wrong < 10; wrong += 1) {
      expect(await counter.begin(guess(wrong))).toBe(true);
      await counter.end(guess(wrong), false);
      await counter.end(guess(wrong), false);
    }
    expect(await counter.begin(guess(80))).toBe(false);
    expect(await counter.begin({ ...guess(99), principalId: 'another' })).toBe(true);
    expect(await counter.begin(guess(99, new Date('2026-11-22T11:00:00.000Z')))).toBe(true);
  });
});

/** A client that counts the transactions it sends. */
function counting(client: DynamoDBClient) {
  let sent = 0;
  const send = (command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> => {
    if (command instanceof TransactWriteItemsCommand) sent += 1;
    return client.send(command);
  };
  return { client: { send } as unknown as DynamoDBClient, sent: () => sent };
}

/** A client whose transactions cancel each other while one is under way, which the local server never does. */
function conflicting(client: DynamoDBClient) {
  let underWay = false;
  let sent = 0;
  const send = async (command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> => {
    if (!(command instanceof TransactWriteItemsCommand)) return client.send(command);
    sent += 1;
    if (underWay) {
      throw new TransactionCanceledException({
        $metadata: {},
        message: 'Transaction cancelled',
        CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }],
      });
    }
    underWay = true;
    try {
      return await client.send(command);
    } finally {
      underWay = false;
    }
  };
  return { client: { send } as unknown as DynamoDBClient, sent: () => sent };
}
