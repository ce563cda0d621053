import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { dynamoPaymentStore } from '../../../adapters/dynamodb/payment-store.ts';
import { dynamoOutcomeStore } from '../../../adapters/dynamodb/review-store.ts';
import type { OutcomeStore, PaymentStore } from '../../../core/payments/ports.ts';
import { dynamoResolutionQueue } from '../../../adapters/dynamodb/resolution-queue.ts';
import { dynamoTransitionLog } from '../../../adapters/dynamodb/transition-log.ts';
import { toTransition } from '../../../adapters/dynamodb/transition-item.ts';
import { deriveId } from '../../../core/ids.ts';
import type { Payment } from '../../../core/payments/payment.ts';
import { resolutionShards } from '../../../core/payments/ports.ts';
import { recordOutcome } from '../../../core/payments/record-outcome.ts';
import { noGiftCards, processingPayment } from '../../core/payments/fakes.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, givenDynamo } from './dynamo-world.ts';

const withTables = dynoxide === undefined ? test.skip : test;
const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
const index = (IndexName: string, hash: string, range: string) => ({
  IndexName,
  KeySchema: [key(hash, 'HASH'), key(range, 'RANGE')],
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
});
const attributes = ['pk', 'sk', 'createdShard', 'ownerId', 'createdAt', 'resolveShard', 'resolveAt'];
const paymentsTable: CreateTableCommandInput = {
  TableName: 'payments',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
  GlobalSecondaryIndexes: [
    index('byCreatedAt', 'createdShard', 'createdAt'),
    index('byOwner', 'ownerId', 'createdAt'),
    index('byResolveAt', 'resolveShard', 'resolveAt'),
  ],
};

let world: DynamoWorld;
let store: PaymentStore & OutcomeStore;
const now = new Date('2026-11-22T10:00:00.000Z');

beforeAll(async () => {
  if (dynoxide === undefined) return;
  world = await givenDynamo([paymentsTable]);
  store = {
    ...dynamoPaymentStore(world.client, 'payments'),
    ...dynamoOutcomeStore(world.client, { paymentsTableName: 'payments', reviewsTableName: 'reviews' }),
  };
});

afterAll(async () => {
  if (dynoxide !== undefined) await world.close();
});

function payment(name: string, changes: Partial<Payment> = {}): Payment {
  return { ...processingPayment(), id: deriveId('pay_', name), ...changes };
}

async function duePayments(at: Date): Promise<readonly string[]> {
  const queue = dynamoResolutionQueue(world.client, 'payments');
  const shards = Array.from({ length: resolutionShards }, (_, shard) => queue.due(shard, at, 100, undefined));
  return (await Promise.all(shards)).flatMap(({ paymentIds }) => paymentIds);
}

withTables('a payment comes back as it was written', async () => {
  const written = payment('round trip', { amount: 999_999_999_999n });
  expect(await store.open(written)).toEqual({ kind: 'opened' });
  expect(await store.find(written.id)).toEqual(written);
  expect(await store.open({ ...written, openedBy: 'another' })).toEqual({ kind: 'exists', payment: written });
});

withTables('twenty writers of one outcome make one transition', async () => {
  const opened = payment('twenty writers');
  await store.open(opened);
  const approved = { kind: 'approved', approvalCode: 'A', networkReference: 'N' } as const;
  const writers = Array.from({ length: 20 }, () =>
    recordOutcome({ payments: store, giftCards: noGiftCards }, opened.id, approved, undefined, now),
  );
  const changes = await Promise.all(writers);
  expect(new Set(changes.map(({ version }) => version))).toEqual(new Set([2]));
  const history = await store.history(opened.id);
  expect(history?.transitions).toHaveLength(1);
  expect(history?.transitions[0]).toMatchObject({ from: 'processing', to: 'authorized', version: 2 });
  expect(await store.changeOf(opened.id, 2)).toEqual(history?.transitions[0]?.change);
});

withTables('racing outcomes: one is written, the others are told that they contradict the book', async () => {
  const opened = payment('racing outcomes');
  await store.open(opened);
  const outcomes = [
    { kind: 'approved', approvalCode: 'A', networkReference: 'N' },
    { kind: 'declined', code: 'lost_card' },
    { kind: 'cancelled' },
    { kind: 'blocked' },
  ] as const;
  const settled = await Promise.allSettled(
    outcomes.map((outcome) =>
      recordOutcome({ payments: store, giftCards: noGiftCards }, opened.id, outcome, undefined, now),
    ),
  );
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect((await store.history(opened.id))?.transitions).toHaveLength(1);
});

withTables('what is due is found by index, and leaves it with the outcome', async () => {
  const opened = payment('due', { resolveAt: '2026-11-22T10:01:00.000Z' });
  await store.open(opened);
  expect(await duePayments(new Date('2026-11-22T10:00:59.000Z'))).not.toContain(opened.id);
  expect(await duePayments(new Date('2026-11-22T10:01:00.000Z'))).toContain(opened.id);
  const queue = dynamoResolutionQueue(world.client, 'payments');
  const again = new Date('2026-11-22T10:11:00.000Z');
  const rounds = await Promise.all([1, 2, 3].map(() => queue.beginRound(opened, again)));
  expect(rounds.filter(Boolean)).toHaveLength(1);
  expect(await duePayments(new Date('2026-11-22T10:10:59.000Z'))).not.toContain(opened.id);
  await recordOutcome(
    { payments: store, giftCards: noGiftCards },
    opened.id,
    { kind: 'declined', code: 'lost_card' },
    undefined,
    now,
  );
  expect(await duePayments(new Date('2026-11-23T10:00:00.000Z'))).not.toContain(opened.id);
  const resolved = await store.find(opened.id);
  expect(resolved).not.toHaveProperty('resolveAt');
  expect(resolved && (await queue.beginRound({ ...resolved, resolveRound: 1 }, again))).toBe(false);
});

withTables('a round that resolved the payment before it was noted keeps the date that it set', async () => {
  const opened = payment('faster than its note', { resolveAt: '2026-11-22T10:00:00.000Z' });
  await store.open(opened);
  await recordOutcome({ payments: store, giftCards: noGiftCards }, opened.id, { kind: 'cancelled' }, undefined, now);
  const queue = dynamoResolutionQueue(world.client, 'payments');
  expect(await queue.beginRound(opened, new Date('2026-11-22T10:10:00.000Z'))).toBe(false);
  expect(await store.find(opened.id)).toMatchObject({ resolveAt: '2026-11-23T10:00:00.000Z', resolveRound: 0 });
});

withTables('what is due is read page by page', async () => {
  const resolveAt = '2026-01-01T00:00:00.000Z';
  const ids = Array.from({ length: 40 }, (_, index) => deriveId('pay_', 'paged', String(index)));
  for (const id of ids) await store.open(payment('paged', { id, resolveAt }));
  const queue = dynamoResolutionQueue(world.client, 'payments');
  const found: string[] = [];
  for (let shard = 0; shard < resolutionShards; shard += 1) {
    let after: Parameters<typeof queue.due>[3];
    do {
      const page = await queue.due(shard, new Date(resolveAt), 3, after);
      expect(page.paymentIds.length).toBeLessThanOrEqual(3);
      found.push(...page.paymentIds);
      after = page.next;
    } while (after);
  }
  expect(found.toSorted()).toEqual(ids.toSorted());
});

withTables('a flight ends while the outcome is open, and touches no payment that is decided', async () => {
  const opened = payment('flight', { inFlightUntil: '2026-11-22T10:00:30.000Z' });
  await store.open(opened);
  expect(await store.endFlight(opened)).toEqual({ ...opened, inFlightUntil: opened.createdAt });
  await recordOutcome(
    { payments: store, giftCards: noGiftCards },
    opened.id,
    { kind: 'declined', code: 'lost_card' },
    undefined,
    now,
  );
  const decided = await store.find(opened.id);
  expect(await store.endFlight(opened)).toEqual(decided);
  expect(await store.find(opened.id)).toEqual(decided);
});

const listedAt = new Date('2026-11-24T10:00:00.000Z');
withTables.each(['client', 'user'] as const)(
  "a list walks a %s's payments once each, newest first, filtered or not",
  async (ownerKind) => {
    const ids: string[] = [];
    for (let minute = 0; minute < 25; minute += 1) {
      // Over two days, and always two at the same moment.
      const createdAt = `2026-11-2${minute < 12 ? 0 : 1}T10:${String(minute - (minute % 2)).padStart(2, '0')}:00.000Z`;
      const listed = payment(`listed ${minute} ${ownerKind}`, {
        ownerId: 'client-list',
        ownerKind,
        createdAt,
        sellerId: minute % 2 ? 'sel_a' : 'sel_b',
      });
      await store.open(listed);
      ids.unshift(listed.id);
      // Somebody else's.
      await store.open(payment(`not listed ${minute} ${ownerKind}`, { ownerKind, createdAt }));
    }
    const walk = async (filters: { sellerId?: string }) => {
      const found: string[] = [];
      let after: { paymentId: string; createdAt: string } | undefined;
      do {
        const page = await store.list({
          ownerId: 'client-list',
          ownerKind,
          now: listedAt,
          limit: 4,
          after,
          ...filters,
        });
        expect(page.payments.length).toBeLessThanOrEqual(4);
        found.push(...page.payments.map(({ id }) => id));
        after = page.next;
      } while (after);
      return found;
    };
    const walked = await walk({});
    expect(walked.toSorted()).toEqual(ids.toSorted());
    const minuteOf = (id: string) => Math.floor((24 - ids.indexOf(id)) / 2);
    expect(walked.map(minuteOf)).toEqual(ids.map(minuteOf));
    expect((await walk({ sellerId: 'sel_a' })).toSorted()).toEqual(
      ids.filter((_, position) => position % 2 === 1).toSorted(),
    );
    const page = await store.list({
      ...{ ownerId: 'client-list', ownerKind, now: listedAt },
      limit: 100,
      from: '2026-11-21T10:10:00.000Z',
      to: '2026-11-21T10:14:00.000Z',
    });
    expect(page.payments).toHaveLength(4);
  },
);

withTables('transitions are found by time among everything else', async () => {
  const times = ['2026-11-20T10:59:59.000Z', '2026-11-20T11:00:01.000Z', '2026-11-20T12:30:00.000Z'];
  const written: string[] = [];
  for (const at of times) {
    const opened = payment(`log ${at}`);
    await store.open(opened);
    await recordOutcome(
      { payments: store, giftCards: noGiftCards },
      opened.id,
      { kind: 'blocked' },
      undefined,
      new Date(at),
    );
    written.push(opened.id);
  }
  const found: string[] = [];
  const log = dynamoTransitionLog(world.client, 'payments', toTransition);
  for await (const { transitions } of log.between(
    new Date('2026-11-20T10:30:00.000Z'),
    new Date('2026-11-20T11:30:00.000Z'),
  )) {
    found.push(...transitions.map(({ paymentId }) => paymentId));
  }
  expect(found.sort()).toEqual(written.slice(0, 2).sort());
});
