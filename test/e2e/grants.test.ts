import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { loadAssembly } from '../../local/assembly/load-assembly.ts';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import { createIam } from '../../local/iam/iam.ts';
import type { Access, Resource } from '../../local/kernel/service.ts';
import { createClient, encryptCard } from '../../packages/client/index.ts';
import { encryptionKey } from '../../contracts/tokens.ts';
import type { CloudHere } from './cloud-here.ts';
import { localAssembly, startCloudHere } from './cloud-here.ts';
import { giveWordOfForgottenBatch } from './forgotten-batch.ts';
import { invokeFunction } from './invoke-function.ts';
import { storedItems } from './stored-items.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';
import { tellOfDisputes } from './tell-of-disputes.ts';
import { tellOfExceptions } from './tell-of-exceptions.ts';
import { tellOfMovements } from './tell-of-movements.ts';
import { tellOfReviews } from './tell-of-reviews.ts';
import { beginSettlement, endSettlement } from './tell-of-settlement.ts';
import { tellOfUpkeep } from './tell-of-upkeep.ts';
import { beforeMidnight, nextRefresh } from './while-off.ts';

/**
 * Each grant of each role is needed: a story goes through everything that functions, workflows, schedules and rules do,
 * and without the grant one of the calls of the story would have been denied. A grant that no call needs fails by name.
 */
const place = { region: 'eu-central-1', accountId: '000000000000' };
const assembly = loadAssembly(localAssembly(), {
  ...place,
  parameters: { AcquirerUrl: 'http://127.0.0.1:1', RatesUrl: 'http://127.0.0.1:1' },
});

/**
 * What the embedded cloud has no service for, so that no story can need it. The synthesis checks instead that each role has
 * these rights (lib/house/role-assertions.ts), and test/lib/grants.test.ts that it has no others.
 */
const withoutServiceHere = /^(logs|xray):/u;

const json = z.record(z.string(), z.json());
const policy = z.object({
  Roles: z.array(z.string()),
  PolicyDocument: z.object({
    Version: z.string(),
    Statement: z.array(
      z.looseObject({ Effect: z.string(), Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
    ),
  }),
});

interface Grant {
  readonly policyId: string;
  readonly role: string;
  readonly action: string;
  readonly resource: string;
}

function grantsOf(resource: Resource): Grant[] {
  const { Roles: roles, PolicyDocument: document } = policy.parse(resource.properties);
  return document.Statement.filter(({ Effect: effect }) => effect === 'Allow').flatMap(
    ({ Action: actions, Resource: resources }) =>
      [actions].flat().flatMap((action) =>
        z
          .array(z.string())
          .parse([resources].flat())
          .map((on) => ({ policyId: resource.logicalId, role: roles[0] ?? '', action, resource: on })),
      ),
  );
}

/** All resources, with one grant taken out of its policy. */
function without(grant: Grant): Resource[] {
  return assembly.resources.map((resource): Resource => {
    if (resource.logicalId !== grant.policyId) return resource;
    const parsed = policy.parse(resource.properties);
    const statements = parsed.PolicyDocument.Statement.flatMap((statement) => {
      if (statement.Effect !== 'Allow') return [statement];
      const single = [statement.Action].flat().flatMap((action) =>
        z
          .array(z.string())
          .parse([statement.Resource].flat())
          .map((on) => ({ ...statement, Action: action, Resource: on })),
      );
      return single.filter(({ Action: action, Resource: on }) => action !== grant.action || on !== grant.resource);
    });
    const document = { ...parsed.PolicyDocument, Statement: statements };
    const properties = json.parse({ ...resource.properties, PolicyDocument: document });
    return { ...resource, properties };
  });
}

const policies = assembly.resources.filter(({ type }) => type === 'AWS::IAM::Policy');
const grants = policies.flatMap(grantsOf).filter(({ action }) => !withoutServiceHere.test(action));

/** What each role really needed, by role ARN. */
const needed = new Map<string, Access[]>();
/** What was denied: nothing may be. */
const denied: string[] = [];
let here: CloudHere;
/** From the story's beginning to the middle of its dead letters of the stores, by the clock. */
const storyMinutes = 68;

beforeAll(async () => {
  // The story's dead letters of the stores come while rates are refreshed, about an hour after its beginning.
  const refresh = nextRefresh(new Date(Date.now() + storyMinutes * 60_000));
  here = await startCloudHere(note, new Date(refresh.getTime() - storyMinutes * 60_000));
  await tellTheStory();
  await here.stop();
  // Rates are refreshed once a day: that their function cannot be reached is a story of another day.
  const nextDay = nextRefresh(refresh);
  here = await startCloudHere(note, new Date(nextDay.getTime() - 5 * 60_000));
  here.cloud.faults.add({ service: 'lambda', operation: '*', kind: 'error_before', rate: 1 });
  await here.advance('PT20M');
  here.cloud.faults.clear();
  await here.stop();
  // So are the day's closing, at a quarter past midnight, and its settlement, at half past one.
  here = await startCloudHere(note, beforeMidnight(nextDay, -10));
  here.cloud.faults.add({ service: 'lambda', operation: '*', kind: 'error_before', rate: 1 });
  await here.advance('PT1H50M');
  here.cloud.faults.clear();
}, 600_000);

afterAll(async () => {
  await here.stop();
});

function note({ caller, accesses, outcome }: ObservedCall): void {
  if (caller.kind !== 'role') return;
  if (outcome.kind === 'failed' && outcome.code.startsWith('AccessDenied'))
    denied.push(...accesses.map(({ action, resource }) => `${caller.roleArn} ${action} ${resource}`));
  needed.set(caller.roleArn, [...(needed.get(caller.roleArn) ?? []), ...accesses]);
}

/** A gift card is issued, repeated, shown and looked up; its first transition is announced. */
async function issueGiftCards(): Promise<void> {
  const { client } = shopper(here);
  const card = await client.issueGiftCard({ amount: 5000, currency: 'EUR' }, 'grants');
  await client.issueGiftCard({ amount: 5000, currency: 'EUR' }, 'grants');
  await client.issueGiftCard({ amount: 5000, currency: 'EUR', validDays: 1 }, randomUUID());
  await client.getGiftCard(card.id);
  await client.lookUpGiftCard(card.code ?? '');
  await here.advance('PT1S');
}

/**
 * The daily passes, of gift cards that expire and of settlement: once their schedules cannot reach them, once they cannot
 * read, and once a card of the first day lapses. The second and third run are an operator's, for a day of everything
 * else takes long.
 */
async function passADay(): Promise<void> {
  await here.advance('PT22H');
  here.cloud.faults.add({ service: 'lambda', operation: '*', kind: 'error_before', rate: 1 });
  await here.advance('PT1H');
  here.cloud.faults.clear();
  const kind = 'error_before';
  for (const operation of ['Query', 'GetItem'])
    here.cloud.faults.add({ service: 'dynamodb', operation, kind, rate: 1 });
  for (const id of [
    'GiftCardUpkeepExpireGiftCards',
    'PaymentUpkeepNoteExpiries',
    'LedgerCloseDay',
    'SettlementReconcileSettlement',
    'FraudUpkeepMonitorModel',
    // Of nothing it can make no label.
    'FraudRecordLabel',
  ])
    await invokeFunction(here, id, 'Event');
  await here.advance('PT20M');
  here.cloud.faults.clear();
  await invokeFunction(here, 'GiftCardUpkeepExpireGiftCards');
}

/** Operators read the books; transitions are booked again long afterwards, and one that nobody can read is put aside. */
async function readTheBooks(): Promise<void> {
  const operator = createClient({
    apiUrl: here.outputs.apiUrl,
    accessToken: here.accessTokenFor('operations/read'),
  });
  await operator.listFraudReports();
  await operator.getTrialBalance();
  await operator.listAccountEntries('auth_hold', { from: '2026-01-01' });
  const stored = await storedItems(here, 'PaymentsTable');
  const transitions = stored.filter(({ sk }) => sk?.S?.startsWith('transition#') === true).slice(0, 50);
  const unreadable = { pk: { S: 'pay_unreadable' }, sk: { S: 'transition#000001' } };
  const records = [...transitions, unreadable].map((NewImage) => ({ dynamodb: { SequenceNumber: '0', NewImage } }));
  await invokeFunction(here, 'LedgerJournalEntries', 'RequestResponse', { Records: records });
}

async function tellTheStory(): Promise<void> {
  await issueGiftCards();
  const buyer = shopper(here);
  const bearer = here.accessTokenFor('tokens/write');
  const api = async (method: string, path: string, body?: unknown) => {
    const headers = {
      authorization: `Bearer ${await bearer()}`,
      'content-type': 'application/json',
      'idempotency-key': 'grants',
    };
    const answer = await fetch(here.baseUrl + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
  };
  const acquirer = (fault: object) =>
    fetch(`${here.outputs.acquirerUrl}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
  const clearAcquirer = () => fetch(`${here.outputs.acquirerUrl}/faults`, { method: 'DELETE' });

  // Saved cards: made, listed, shown, given a fresh code, deleted.
  const token = await buyer.token(cardNumber(1));
  await api('GET', '/v1/tokens');
  await api('GET', `/v1/tokens/${token}`);
  const key = encryptionKey.parse(await (await fetch(`${here.baseUrl}/v1/encryption-key`)).json());
  await api('POST', `/v1/tokens/${token}/cvc`, {
    card: await encryptCard({ cvc: '123' }, key, { now: await here.now() }),
  });
  await api('DELETE', `/v1/tokens/${await buyer.token(cardNumber(2))}`);

  // Payments: approved, repeated, listed; refused by the rules; unknown, and found out in both ways.
  const payment = await buyer.client.createPayment(paymentOf(here, token, 1), 'grants');
  await buyer.client.createPayment(paymentOf(here, token, 1), 'grants');
  // Repeated once its card is gone: the first answer is found all the same.
  const shortLived = await buyer.token(cardNumber(9));
  await buyer.client.createPayment(paymentOf(here, shortLived, 9), 'card-gone');
  await api('DELETE', `/v1/tokens/${shortLived}`);
  await buyer.client.createPayment(paymentOf(here, shortLived, 9), 'card-gone');
  await buyer.client.listPayments();
  await buyer.client.getPayment(payment.id);
  const often = await buyer.token(cardNumber(3));
  for (let index = 0; index < 11; index += 1)
    await buyer.client.createPayment(paymentOf(here, often, 100 + index), randomUUID());
  for (const [index, kind] of ['drop_after', 'drop_before'].entries()) {
    await acquirer({ operation: 'authorize', kind, rate: 1, seed: 1 });
    const unknown = await buyer.client.createPayment(
      paymentOf(here, await buyer.token(cardNumber(4 + index)), 200 + index),
      randomUUID(),
    );
    await clearAcquirer();
    await here.advance('PT5M');
    await buyer.client.getTimeline(unknown.id);
  }

  // A workflow that cannot be started: the first request is over, and its payment is looked into.
  here.cloud.faults.add({ service: 'states', operation: 'StartSyncExecution', kind: 'error_before', rate: 1 });
  await buyer.client.createPayment(paymentOf(here, token, 250), randomUUID());
  here.cloud.faults.clear();

  await tellOfMovements(here, buyer, acquirer, clearAcquirer);
  await tellOfReviews(here, buyer, { worsen: acquirer, clear: clearAcquirer });
  await tellOfUpkeep(here, payment.id);
  await tellOfExceptions(here);
  await tellOfDisputes(here, buyer);

  // Quotes: on a new stack the first one brings the rates.
  await api('POST', '/v1/fx-quotes', { from: 'EUR', to: 'USD', amount: 1000, lock: '5m' });

  // Events: a decline is counted; while the bus is away the stream gives up, and the sweeper publishes later.
  const declined = await buyer.token('4000000000000002');
  await buyer.client.createPayment(paymentOf(here, declined, 300), randomUUID());
  here.cloud.faults.add({ service: 'events', operation: 'PutEvents', kind: 'error_before', rate: 1 });
  await buyer.client.createPayment(paymentOf(here, declined, 301), randomUUID());
  await buyer.client.issueGiftCard({ amount: 5000, currency: 'EUR' }, randomUUID());
  // Profiles cannot be read meanwhile, and are given up.
  here.cloud.faults.add({ service: 'dynamodb', operation: 'BatchGetItem', kind: 'error_before', rate: 1 });
  await here.advance('PT30M');
  here.cloud.faults.clear();
  const now = await here.now();
  for (const queues of [
    { queue: 'UnpublishedQueue', table: 'PaymentsTable' },
    { queue: 'UnpublishedGiftCardsQueue', table: 'GiftCardsTable' },
  ]) {
    await giveWordOfForgottenBatch(here, queues, now, now);
  }
  await here.advance('PT10M');

  // Dead letters: of functions whose work fails for good, and of schedules and rules whose functions cannot be reached.
  for (const service of ['dynamodb', 'lambda']) {
    await buyer.client.createPayment(paymentOf(here, declined, service === 'lambda' ? 303 : 302), randomUUID());
    here.cloud.faults.add({ service, operation: '*', kind: 'error_before', rate: 1 });
    if (service === 'dynamodb')
      here.cloud.faults.add({ service: 'sqs', operation: 'ReceiveMessage', kind: 'error_before', rate: 1 });
    await here.advance('PT20M');
    here.cloud.faults.clear();
  }

  await beginSettlement(here, buyer, acquirer);
  await passADay();
  await endSettlement(here, clearAcquirer);
  await readTheBooks();
}

describe('without it the story would have been stopped', () => {
  test.each(
    grants.map(
      (grant) =>
        [
          `${grant.role.replace(/^Quittance-local-/u, '')} may ${grant.action} on ${grant.resource.split(':').slice(5).join(':')}`,
          grant,
        ] as const,
    ),
  )('%s', (_name, grant) => {
    const roleArn = `arn:aws:iam::${place.accountId}:role/${grant.role}`;
    const iam = createIam(without(grant), place);
    const stopped = (needed.get(roleArn) ?? []).filter(
      (access) => !iam.evaluate({ kind: 'role', roleArn }, access).allowed,
    );
    expect(stopped.length).toBeGreaterThan(0);
  });

  test('and with all of them nothing was denied', () => {
    expect(denied).toEqual([]);
  });

  test('and there are grants to take away', () => {
    expect(grants.length).toBeGreaterThan(40);
  });
});
