import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import type { CloudHere } from './cloud-here.ts';
import { operatorDynamo } from './operator-dynamo.ts';
import { startCloudHere } from './cloud-here.ts';
import { cvcFields } from './stored-tables.ts';
import { cardNumber, encodings, filesHolding, holdsCvc, paymentOf, searchFor, shopper } from './support.ts';

/** Every call between functions and services, as text: events, workflow inputs, items, invocations and their answers. */
const calls: { readonly what: string; readonly text: string }[] = [];
let here: CloudHere;
let dynamo: DynamoDBClient;
let buyer: ReturnType<typeof shopper>;

beforeAll(async () => {
  here = await startCloudHere(({ service, operation, input, outcome, caller }: ObservedCall) => {
    const answer = outcome.kind === 'answered' ? outcome.answer : outcome;
    calls.push({ what: `${service} ${operation} by ${caller.kind}`, text: JSON.stringify([input, answer]) });
  });
  buyer = shopper(here);
  dynamo = operatorDynamo(here);
});

afterAll(async () => {
  dynamo.destroy();
  await here.stop();
});

async function cvcItems(): Promise<number> {
  const table = here.cloud.assembly.resources.find(({ logicalId }) => logicalId.startsWith('CvcTable'));
  const { Count: count } = await dynamo.send(
    new ScanCommand({ TableName: table?.physicalId ?? '', ConsistentRead: true }),
  );
  return count ?? -1;
}

async function setAcquirerFault(kind: string): Promise<void> {
  await fetch(`${here.outputs.acquirerUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'authorize', kind, rate: 1, seed: 1 }),
  });
}

const clearAcquirerFaults = () => fetch(`${here.outputs.acquirerUrl}/faults`, { method: 'DELETE' });

async function pay(number: string, index: number): Promise<string> {
  const token = await buyer.token(number);
  expect(await cvcItems()).toBe(1);
  return (await buyer.client.createPayment(paymentOf(here, token, index), randomUUID())).status;
}

describe('no security code is left', () => {
  test('after an approval', async () => {
    expect(await pay(cardNumber(1), 1)).toBe('authorized');
    expect(await cvcItems()).toBe(0);
  });

  test('after a decline', async () => {
    expect(await pay('4000000000000002', 2)).toBe('declined');
    expect(await cvcItems()).toBe(0);
  });

  test('after the rules refused the payment', async () => {
    const token = await buyer.token(cardNumber(3));
    for (let index = 0; index < 10; index += 1)
      await buyer.client.createPayment(paymentOf(here, token, 30 + index), randomUUID());
    expect(await pay(cardNumber(3), 41)).toBe('declined');
    expect(await cvcItems()).toBe(0);
  });

  test.each(['drop_before', 'drop_after', 'error'])('while the outcome is unknown because of %s', async (kind) => {
    await setAcquirerFault(kind);
    expect(await pay(cardNumber(50 + kind.length), 50 + kind.length)).toBe('processing');
    await clearAcquirerFaults();
    expect(await cvcItems()).toBe(0);
    await here.advance('PT5M');
  });

  test('after scoring failed', async () => {
    here.cloud.faults.add({ service: 'dynamodb', operation: 'UpdateItem', kind: 'error_before', rate: 1 });
    const token = await buyer.token(cardNumber(70)).catch(() => undefined);
    here.cloud.faults.clear();
    expect(token).toBeUndefined();
    const good = await buyer.token(cardNumber(71));
    here.cloud.faults.add({ service: 'dynamodb', operation: 'UpdateItem', kind: 'error_before', rate: 1 });
    expect(await buyer.client.createPayment(paymentOf(here, good, 71), randomUUID())).toMatchObject({
      status: 'failed',
      failureCode: 'risk_check_unavailable',
    });
    here.cloud.faults.clear();
    expect(await cvcItems()).toBe(0);
  });

  test('after the card could not be opened', async () => {
    const token = await buyer.token(cardNumber(80));
    here.cloud.faults.add({ service: 'kms', operation: 'Decrypt', kind: 'error_before', rate: 1 });
    const payment = await buyer.client.createPayment(paymentOf(here, token, 80), randomUUID());
    here.cloud.faults.clear();
    expect(payment).toMatchObject({ status: 'failed', failureCode: 'card_unreadable' });
    expect(await cvcItems()).toBe(0);
  });

  test('after a quarter of an hour when nobody pays', async () => {
    await buyer.token(cardNumber(90));
    expect(await cvcItems()).toBe(1);
    await here.advance('PT17M');
    expect(await cvcItems()).toBe(0);
  });
});

describe('in everything that was said between the parts', () => {
  test('no card number stands, in any form', () => {
    expect(calls.length).toBeGreaterThan(200);
    const holdsNumber = searchFor([...buyer.numbers].flatMap(encodings));
    // The fingerprint's key never leaves KMS, so the number goes there; KMS keeps and logs nothing of it.
    const others = calls.filter(({ what }) => what !== 'kms GenerateMac by role');
    expect(others.filter(({ text }) => holdsNumber(text)).map(({ what }) => what)).toEqual([]);
    expect(filesHolding(here.dataDir, buyer.numbers)).toEqual([]);
  });

  test('no member is named like a security code, and none holds the one that was used', () => {
    for (const { what, text } of calls) {
      expect([what, cvcFields(JSON.parse(text))]).toEqual([what, []]);
      expect([what, holdsCvc(text)]).toEqual([what, false]);
    }
  });
});
