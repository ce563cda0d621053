import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import { disputeId, wonLotId } from '../../core/disputes/dispute.ts';
import { deriveId } from '../../core/ids.ts';
import { lotIdOf } from '../../core/payments/movements/movement-transition.ts';
import { createClient } from '../../packages/client/index.ts';
import { until } from '../adapters/acquirers/until.ts';
import type { CloudHere } from './cloud-here.ts';
import { operatorDynamo } from './operator-dynamo.ts';
import { startCloudHere } from './cloud-here.ts';
import { acquirerOf, givenCapturedPayment } from './disputing.ts';
import { shopper } from './support.ts';
import { claimLot } from './tell-of-movements.ts';

let here: CloudHere;
let buyer: ReturnType<typeof shopper>;
let operator: ReturnType<typeof createClient>;
let acquirer: ReturnType<typeof acquirerOf>;
let dynamo: DynamoDBClient;
let next = 0;

beforeAll(async () => {
  here = await startCloudHere();
  buyer = shopper(here);
  operator = createClient({ apiUrl: here.outputs.apiUrl, accessToken: here.accessTokenFor('operations/read') });
  acquirer = acquirerOf(here);
  dynamo = operatorDynamo(here);
});

afterAll(async () => {
  dynamo.destroy();
  await here.stop();
});

async function givenCaptured() {
  next += 1;
  return givenCapturedPayment(here, buyer, 9000 + next);
}

async function lot(id: string): Promise<Record<string, unknown> | undefined> {
  const table = here.cloud.assembly.resources.find(({ logicalId }) => logicalId.startsWith('LotsTable'));
  const { Item: item } = await dynamo.send(
    new GetItemCommand({ TableName: table?.physicalId ?? '', Key: { pk: { S: id } }, ConsistentRead: true }),
  );
  return item && unmarshall(item);
}

const statusOf = async (paymentId: string) => (await buyer.client.getPayment(paymentId)).status;

describe('a dispute that the acquirer tells of', () => {
  test('is opened, updated and won, and everybody sees it', async () => {
    const { paymentId, captureId, reference } = await givenCaptured();
    const { id } = await acquirer.dispute(reference, { reason: 'product_not_received', amount: 4_000 });
    await acquirer.allTaken();
    expect(await statusOf(paymentId)).toBe('disputed');
    const opened = await operator.getDispute(disputeId(id));
    expect(opened).toMatchObject({
      ...{ object: 'dispute', paymentId, captureId, kind: 'chargeback', state: 'needs_response', amount: 4_000 },
      ...{ fee: 1_500, feeBearer: 'platform', reason: 'product_not_received', reference: id, version: 1 },
    });
    // A Visa card: thirty days.
    expect(Date.parse(opened.replyBy) - Date.parse(opened.openedAt)).toBe(30 * 86_400_000);
    expect(await lot(lotIdOf({ id: captureId }))).toMatchObject({ remaining: 5_100 });
    await expect(
      buyer.client.refundPayment(paymentId, { amount: 6_001, reason: 'too much' }, `refund-${paymentId}`),
    ).rejects.toMatchObject({
      code: 'amount_exceeds_captured',
      problem: { detail: expect.stringContaining('6000 is left') },
    });
    await acquirer.move(id, 'under_review');
    await acquirer.move(id, 'won');
    await acquirer.allTaken();
    expect(await statusOf(paymentId)).toBe('captured');
    expect(await lot(wonLotId(disputeId(id)))).toMatchObject({
      amount: 3_400,
      remaining: 3_400,
      reason: 'dispute_won',
    });
    expect((await operator.listDisputes({ paymentId, state: 'won' })).data).toMatchObject([
      { id: disputeId(id), version: 3 },
    ]);
    const { data } = await buyer.client.getTimeline(paymentId);
    const events = data.flatMap(({ event }) =>
      typeof event === 'string' && event.startsWith('dispute.') ? [event] : [],
    );
    expect([events[0], events.at(-1)]).toEqual(['dispute.opened', 'dispute.won']);
  });

  test('comes to the same, told out of order and twice', async () => {
    const { paymentId, captureId, reference } = await givenCaptured();
    await acquirer.hold();
    const { id } = await acquirer.dispute(reference);
    await acquirer.move(id, 'under_review');
    await acquirer.move(id, 'lost');
    for (const version of [3, 1, 2, 3, 1]) expect(await acquirer.tell(id, version)).toBe(204);
    await acquirer.release();
    await here.advance('PT5S');
    await acquirer.allTaken();
    expect(await operator.getDispute(disputeId(id))).toMatchObject({ state: 'lost', version: 3 });
    expect(await buyer.client.getPayment(paymentId)).toMatchObject({ status: 'captured', amountRefunded: 0 });
    expect(await lot(lotIdOf({ id: captureId }))).toMatchObject({ amount: 8_500, remaining: 0 });
    await expect(
      buyer.client.refundPayment(paymentId, { amount: 1, reason: 'x' }, `refund-${paymentId}`),
    ).rejects.toMatchObject({ code: 'amount_exceeds_captured' });
  });

  test('that comes again while the clock is moved by hours is taken as of the hour at which it was told', async () => {
    const { reference } = await givenCaptured();
    await acquirer.hold();
    const { id } = await acquirer.dispute(reference);
    await until(
      () => acquirer.attempts(id),
      (attempts) => attempts > 0,
    );
    await acquirer.release();
    await here.advance('PT1H');
    expect(await operator.getDispute(disputeId(id))).toMatchObject({ state: 'needs_response' });
  });

  test('that is lost after the seller was paid leaves what they owe', async () => {
    const { captureId, reference } = await givenCaptured();
    await claimLot(here, lotIdOf({ id: captureId }));
    const { id } = await acquirer.dispute(reference);
    await acquirer.move(id, 'lost');
    await acquirer.allTaken();
    const owed = await lot(deriveId('lot_', disputeId(id), 'shortfall'));
    expect(owed).toMatchObject({ amount: -8_500, reason: 'dispute_after_payout', state: 'held' });
  });

  test('of what nobody here knows is taken, and an operator sees it', async () => {
    const strange = { reference: 'stranger', amount: 100, currency: 'EUR' };
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2040, holderName: 'Stranger' };
    await acquirer.send('POST', '/authorizations', { ...strange, card });
    const capture = { ...strange, reference: 'strange', authorizationReference: 'stranger', isFinal: true };
    await acquirer.send('POST', '/captures', capture);
    const { id } = await acquirer.dispute('strange');
    await acquirer.allTaken();
    // The list is read by an index, which lags behind its table.
    const exceptions = await until(
      async () => (await operator.listExceptions({ kind: 'dispute_reference_unknown' })).data,
      (data) => data.some(({ found }) => found['dispute'] === id),
    );
    expect(exceptions).toContainEqual(
      expect.objectContaining({ reference: 'strange', found: expect.objectContaining({ dispute: id, amount: '100' }) }),
    );
    await expect(operator.getDispute(disputeId(id))).rejects.toMatchObject({ code: 'dispute_not_found' });
  });
});

describe('while things fail', () => {
  test.each(['error_before', 'error_after'] as const)(
    '(%s in the middle of a transaction) nothing is lost and nothing doubled',
    async (kind) => {
      const { paymentId, captureId, reference } = await givenCaptured();
      here.cloud.faults.add({ service: 'dynamodb', operation: 'TransactWriteItems', kind, rate: 1 });
      const { id } = await acquirer.dispute(reference);
      await until(acquirer.notifications, (all) => all.every(({ attempts }) => attempts > 0));
      here.cloud.faults.clear();
      await here.advance('PT5S');
      await acquirer.allTaken();
      expect(await statusOf(paymentId)).toBe('disputed');
      expect(await lot(lotIdOf({ id: captureId }))).toMatchObject({ amount: 8_500, remaining: 0 });
      const { data } = await buyer.client.getTimeline(paymentId);
      expect(data.filter(({ event }) => event === 'dispute.opened')).toHaveLength(1);
      expect((await operator.listDisputes({ paymentId })).data).toMatchObject([{ id: disputeId(id), version: 1 }]);
    },
  );
});

describe('a notification that is not the acquirer’s', () => {
  const post = async (headers: Record<string, string>, body: string) => {
    const answer = await fetch(`${here.baseUrl}/v1/acquirer-notifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return { status: answer.status, body: await answer.json() };
  };

  test('is answered alike, whatever is wrong with it, and changes nothing', async () => {
    const { paymentId, reference } = await givenCaptured();
    const data = {
      id: 'forged',
      version: 1,
      kind: 'chargeback',
      state: 'needs_response',
      reason: 'general',
      amount: 10_000,
    };
    const references = { captureReference: reference, authorizationReference: `${paymentId}-authorization-1` };
    const openedAt = (await here.now()).toISOString();
    const whole = { ...data, ...references, currency: 'EUR', fee: 0, feeReturned: 0, openedAt };
    const body = JSON.stringify({ type: 'dispute.opened', timestamp: openedAt, data: whole });
    const timestamp = String(Math.floor(Date.parse(openedAt) / 1000));
    const { privateKey } = generateKeyPairSync('ed25519');
    const forged = sign(null, Buffer.from(`msg_1.${timestamp}.${body}`), privateKey).toString('base64');
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1a,${forged}` };
    const answers = [
      await post({}, body),
      await post(headers, body),
      await post({ ...headers, 'webhook-signature': 'v1a,AAAA' }, body),
      await post({ ...headers, 'webhook-timestamp': '0' }, body),
      await post(headers, 'x'.repeat(70_000)),
      await post(headers, 'no json'),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'notification_not_authentic' } });
    expect(await statusOf(paymentId)).toBe('captured');
  });
});
