import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { toSettlementTransition } from '../../adapters/dynamodb/settlement-item.ts';
import { toTransition } from '../../adapters/dynamodb/transition-item.ts';
import type { Account } from '../../core/ledger/accounts.ts';
import type { Posting } from '../../core/ledger/posting.ts';
import { createClient } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { acquirerOf } from './disputing.ts';
import { invokeFunction } from './invoke-function.ts';
import { operatorDynamo, tableName } from './operator-dynamo.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

/** Twenty minutes before the acquirer's cut-off: two hours later the day is settled. */
const startsAt = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 86_400_000 - 20 * 60_000);
const day = startsAt.toISOString().slice(0, 10);
let here: CloudHere;
let dynamo: DynamoDBClient;
let next = 1;

beforeAll(async () => {
  here = await startCloudHere(undefined, startsAt);
  dynamo = operatorDynamo(here);
}, 120_000);
afterAll(async () => {
  dynamo.destroy();
  await here.stop();
});

async function itemsOf(table: 'PaymentsTable' | 'SettlementsTable') {
  const { Items: items = [] } = await dynamo.send(new ScanCommand({ TableName: tableName(here, table) }));
  return items.filter(({ sk }) => sk?.S?.startsWith('transition#') === true);
}

/** Debits less credits in EUR, by all transitions. */
async function balances(): Promise<Readonly<Record<string, bigint>>> {
  const postings: readonly Posting[] = [
    ...(await itemsOf('PaymentsTable')).flatMap((item) => toTransition(item).postings),
    ...(await itemsOf('SettlementsTable')).flatMap((item) => toSettlementTransition(item).postings),
  ];
  const watched: readonly Account[] = ['processor_clearing', 'bank', 'settlement_suspense'];
  return Object.fromEntries(
    watched.map((account) => [
      account,
      postings
        .filter((posting) => posting.account === account)
        .reduce((sum, { side, amount }) => sum + (side === 'debit' ? amount : -amount), 0n),
    ]),
  );
}

async function givenCapture(amount: number) {
  const { client, token } = shopper(here);
  next += 1;
  const payment = await client.createPayment(
    paymentOf(here, await token(cardNumber(next)), next, amount),
    randomUUID(),
  );
  return client.capturePayment(payment.id, {}, randomUUID());
}

const acquirerPost = (path: string, body: object) =>
  fetch(here.outputs.acquirerUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function exceptions(filters: Readonly<Record<string, string>> = {}) {
  const accessToken = here.accessTokenFor('operations/read');
  return (await createClient({ apiUrl: here.outputs.apiUrl, accessToken }).listExceptions(filters)).data;
}

describe('the night after a day of captures, refunds and a chargeback', () => {
  let pendingPayment: string;
  let before: Readonly<Record<string, bigint>>;

  test('what the acquirer owed is on the bank; what does not fit is in suspense, and told', async () => {
    const { client, token } = shopper(here);
    const first = await givenCapture(10_000);
    const second = await givenCapture(20_000);
    const third = await givenCapture(12_000);
    await client.refundPayment(first.payment.id, { amount: 4_000, reason: 'settlement' }, randomUUID());
    // A chargeback takes its 80.00 and a fee of 15.00 out of the same day, and matches as captures and refunds do.
    const charged = await givenCapture(8_000);
    const cardholders = acquirerOf(here);
    await cardholders.dispute(charged.reference, { reason: 'fraudulent', amount: 8_000 });
    await cardholders.allTaken();
    const owed = 36_740n + 7_760n - 9_500n;
    expect(await balances()).toEqual({ processor_clearing: owed, bank: 0n, settlement_suspense: 0n });

    // The acquirer's file leaves out the second capture, says one cent more of the third, and has a stranger.
    await acquirerPost('/settlement-faults', { date: day, kind: 'amount', line: 2 });
    await acquirerPost('/settlement-faults', { date: day, kind: 'drop', line: 1 });
    await acquirerPost('/settlement-faults', { date: day, kind: 'stranger' });
    // The answer of a fourth capture is lost, and so is every look-up until after the file.
    ({ id: pendingPayment } = await client.createPayment(
      paymentOf(here, await token(cardNumber(90)), 90, 5_000),
      randomUUID(),
    ));
    for (const operation of ['capture', 'lookUpMovement'])
      await acquirerPost('/faults', { operation, kind: 'drop_after', rate: 1, seed: 1 });
    await client.capturePayment(pendingPayment, {}, randomUUID());
    await here.advance('PT2H');

    // 9,700 - 4,000 + 7,760 - 9,500 that match; 11,641 and 970 and 4,850 that do not.
    before = await balances();
    expect(before).toEqual({
      processor_clearing: owed - 3_960n,
      bank: 3_960n + 11_641n + 970n + 4_850n,
      settlement_suspense: -11_641n - 970n - 4_850n,
    });
    const open = await exceptions({ state: 'open' });
    expect(open.map(({ kind, paymentId }) => [kind, paymentId]).toSorted()).toEqual([
      ['settlement_amount_differs', third.payment.id],
      ['settlement_movement_pending', pendingPayment],
      ['settlement_reference_unknown', undefined],
    ]);
    expect(open.find(({ kind }) => kind === 'settlement_amount_differs')).toMatchObject({
      object: 'exception',
      state: 'open',
      text: 'The acquirer settled another amount than our book holds.',
      reference: third.reference,
      expected: { gross: '12000', fee: '360', net: '11640', currency: 'EUR' },
      found: { gross: '12001', fee: '360', net: '11641', file: day, line: '2' },
    });
    expect(second.status).toBe('succeeded');
  }, 240_000);

  test('the same file again books nothing, and another one of the same day is refused and told', async () => {
    const settled = await itemsOf('SettlementsTable');
    await invokeFunction(here, 'SettlementReconcileSettlement');
    expect(await itemsOf('SettlementsTable')).toEqual(settled);
    await fetch(`${here.outputs.acquirerUrl}/settlement-faults`, { method: 'DELETE' });
    await invokeFunction(here, 'SettlementReconcileSettlement');
    expect(await itemsOf('SettlementsTable')).toEqual(settled);
    expect((await exceptions({ kind: 'settlement_file_replaced' })).map(({ found }) => found['file'])).toEqual([day]);
  }, 120_000);

  test('what was pending leaves suspense and clearing once the acquirer was asked', async () => {
    await fetch(`${here.outputs.acquirerUrl}/faults`, { method: 'DELETE' });
    await here.advance('PT1H');
    expect(await shopper(here).client.getPayment(pendingPayment)).toMatchObject({ status: 'captured' });
    await invokeFunction(here, 'SettlementReconcileSettlement');
    const { settlement_suspense: suspense = 0n, ...rest } = before;
    expect(await balances()).toEqual({ ...rest, settlement_suspense: suspense + 4_850n });
    expect(await exceptions({ kind: 'settlement_movement_pending' })).toMatchObject([
      { state: 'resolved', paymentId: pendingPayment, version: 2 },
    ]);
  }, 240_000);
});
