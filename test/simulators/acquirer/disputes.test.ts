import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import * as z from 'zod';
import { parseSettlementLine } from '../../../adapters/acquirers/simulated/check-settlement-file.ts';
import { isAuthentic, parsePublicKey } from '../../../core/webhooks/verify-signature.ts';
import { until } from '../../adapters/acquirers/until.ts';
import { authorization } from '../bodies.ts';
import type { RunningSimulator } from '../run-simulator.ts';
import { runSimulator } from '../run-simulator.ts';

interface Heard {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly state: string;
  readonly dispute: string;
  readonly isAuthentic: boolean;
}

/** The merchant's side: hears everything, and answers as it is told. */
const merchant = { heard: [] as Heard[], answers: 200 };
const day = 86_400_000;
let offset = 0;
let next = 0;
let simulator: RunningSimulator;
let publicKey: string;

const message = z.object({
  type: z.string(),
  data: z.looseObject({ id: z.string(), version: z.int(), state: z.string() }),
});
const server = createServer((request, response) => {
  void hear(request).then(() => response.writeHead(merchant.answers).end());
});

async function hear(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(z.instanceof(Uint8Array).parse(chunk)));
  const body = Buffer.concat(chunks);
  const { headers } = request;
  const header = (name: string) => z.string().parse(headers[name]);
  const signed = {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
  };
  const { type, data } = message.parse(JSON.parse(body.toString()));
  merchant.heard.push({
    id: signed.id,
    type,
    version: data.version,
    state: data.state,
    dispute: data.id,
    isAuthentic: isAuthentic({ ...signed, body }, [parsePublicKey(publicKey)], new Date(Date.now() + offset)),
  });
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  simulator = await runSimulator('acquirer', { NOTIFICATION_URL: `http://127.0.0.1:${port}/notifications` });
  publicKey = await (await fetch(`${simulator.url}/notification-key`)).text();
});
afterAll(async () => {
  await simulator.dispose();
  server.close();
});

async function givenCapture(amount = 1_000, number = authorization.card.number): Promise<string> {
  next += 1;
  const reference = `disp-${next}`;
  await simulator.post('/authorizations', {
    ...authorization,
    reference,
    amount,
    card: { ...authorization.card, number },
  });
  const body = {
    reference: `${reference}-c`,
    authorizationReference: reference,
    amount,
    currency: 'EUR',
    isFinal: true,
  };
  expect(await simulator.post('/captures', body)).toMatchObject({ body: { state: 'accepted' } });
  return `${reference}-c`;
}

const disputeAnswer = z.looseObject({ id: z.string(), state: z.string(), version: z.int() });

async function dispute(captureReference: string, changes: object = {}) {
  const { status, body } = await simulator.post('/disputes', { captureReference, ...changes });
  expect([status, body]).toMatchObject([201, { captureReference }]);
  return disputeAnswer.parse(body);
}

async function advance(milliseconds: number): Promise<void> {
  offset += milliseconds;
  await simulator.post('/clock', { offsetMilliseconds: offset });
}

const eventually = (holds: () => boolean | Promise<boolean>) =>
  until(
    () => Promise.resolve(holds()),
    (answer) => answer,
  );
const heardOf = (id: string) => merchant.heard.filter((each) => each.dispute === id);

describe('a dispute', () => {
  test('is told of with every change, signed by the key that is published', async () => {
    const opened = await dispute(await givenCapture(), { reason: 'duplicate' });
    expect(opened).toMatchObject({
      version: 1,
      kind: 'chargeback',
      state: 'needs_response',
      amount: 1_000,
      fee: 1_500,
    });
    await simulator.post(`/disputes/${opened.id}`, { state: 'under_review' });
    await simulator.post(`/disputes/${opened.id}`, { state: 'won' });
    await eventually(() => heardOf(opened.id).length === 3);
    expect(heardOf(opened.id).sort((one, other) => one.version - other.version)).toMatchObject([
      { type: 'dispute.opened', state: 'needs_response', isAuthentic: true },
      { type: 'dispute.updated', state: 'under_review', isAuthentic: true },
      { type: 'dispute.closed', state: 'won', isAuthentic: true },
    ]);
  });

  test('goes only where its state leads', async () => {
    const { id } = await dispute(await givenCapture());
    for (const state of ['warning_closed', 'needs_response'])
      expect(await simulator.post(`/disputes/${id}`, { state })).toMatchObject({ status: 409 });
    await simulator.post(`/disputes/${id}`, { state: 'lost' });
    for (const state of ['won', 'under_review'])
      expect(await simulator.post(`/disputes/${id}`, { state })).toMatchObject({ status: 409 });
  });

  test('takes no more of a capture than others have left, and what it takes can be refunded no longer', async () => {
    const captureReference = await givenCapture(1_000);
    const first = await dispute(captureReference, { amount: 600 });
    const more = { captureReference, amount: 401 };
    expect(await simulator.post('/disputes', more)).toMatchObject({ status: 409 });
    const authorizationReference = captureReference.slice(0, -2);
    const refund = { reference: 'over', authorizationReference, amount: 401, currency: 'EUR' };
    expect(await simulator.post('/refunds', refund)).toMatchObject({ body: { code: 'exceeds_captured' } });
    await simulator.post(`/disputes/${first.id}`, { state: 'won' });
    expect(await simulator.post('/refunds', { ...refund, reference: 'fits' })).toMatchObject({
      body: { state: 'accepted' },
    });
  });

  test('that only asks takes nothing until it becomes a chargeback', async () => {
    const { id } = await dispute(await givenCapture(), { kind: 'inquiry' });
    expect(await simulator.post(`/disputes/${id}`, { state: 'warning_under_review' })).toMatchObject({
      body: { fee: 0 },
    });
    expect(await simulator.post(`/disputes/${id}`, { state: 'needs_response' })).toMatchObject({
      body: { kind: 'chargeback', fee: 1_500, version: 3 },
    });
  });

  test('of what nobody captured, or with a bad body, is refused and not kept', async () => {
    const before = (await simulator.get('/disputes')).body;
    expect(await simulator.post('/disputes', { captureReference: 'nothing' })).toMatchObject({ status: 404 });
    for (const bad of [
      {},
      { captureReference: 'x', amount: 0 },
      { captureReference: 'x', reason: 'anger' },
      { captureReference: 'x', tip: 1 },
    ])
      expect(await simulator.post('/disputes', bad)).toMatchObject({ status: 400 });
    expect(await simulator.post('/disputes/none', { state: 'won' })).toMatchObject({ status: 404 });
    expect((await simulator.get('/disputes')).body).toEqual(before);
  });

  test('comes by itself, three days after each capture of the card that disputes', async () => {
    const capture = await givenCapture(700, '4000000000000259');
    const isThere = async () => JSON.stringify((await simulator.get('/disputes')).body).includes(capture);
    await advance(3 * day - 10_000);
    expect(await isThere()).toBe(false);
    await advance(10_000);
    await eventually(isThere);
    expect((await simulator.get('/disputes')).body).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ captureReference: capture, amount: 700 })]),
    });
  });
});

describe('a notification', () => {
  test('that is not taken comes again, later and later, under the same id, and over a kill', async () => {
    merchant.answers = 500;
    const { id } = await dispute(await givenCapture());
    await eventually(() => heardOf(id).length === 1);
    await advance(5_000);
    await eventually(() => heardOf(id).length === 2);
    await simulator.kill();
    await simulator.start();
    merchant.answers = 204;
    await advance(300_000);
    await eventually(() => heardOf(id).length === 3);
    await eventually(async () => {
      const { body } = await simulator.get('/notifications');
      return z
        .object({ data: z.array(z.object({ taken: z.boolean() })) })
        .parse(body)
        .data.every(({ taken }) => taken);
    });
    await advance(7 * day);
    expect(heardOf(id)).toHaveLength(3);
    expect(new Set(heardOf(id).map((each) => each.id)).size).toBe(1);
    expect(heardOf(id).every((each) => each.isAuthentic)).toBe(true);
    merchant.answers = 200;
  });

  test.each([
    ['lost on the way comes the next time', 'drop_before', [true]],
    ['whose answer is lost comes twice', 'drop_after', [true, true]],
    ['whose signature is spoilt comes again as it should be', 'error', [false, true]],
  ])('%s', async (_, kind, expected) => {
    await simulator.post('/faults', { operation: 'notify', kind });
    const { id } = await dispute(await givenCapture());
    await eventually(async () => {
      const { body } = await simulator.get('/notifications');
      const all = z.object({ data: z.array(z.object({ attempts: z.int(), body: message })) }).parse(body).data;
      return all.some((each) => each.body.data.id === id && each.attempts === 1);
    });
    await simulator.clearFaults();
    await advance(5_000);
    await eventually(() => heardOf(id).length === expected.length);
    expect(heardOf(id).map((each) => each.isAuthentic)).toEqual(expected);
  });

  test('that is late is overtaken, and one can be sent again by hand', async () => {
    await simulator.post('/faults', { operation: 'notify', kind: 'delay', delayMs: 400 });
    const { id } = await dispute(await givenCapture());
    await simulator.clearFaults();
    await simulator.post(`/disputes/${id}`, { state: 'lost' });
    await eventually(() => heardOf(id).length === 2);
    expect(heardOf(id).map(({ version }) => version)).toEqual([2, 1]);
    const [late] = heardOf(id).slice(-1);
    expect(await simulator.post(`/notifications/${late?.id ?? ''}/send`)).toEqual({
      status: 200,
      body: { status: 200 },
    });
    expect(heardOf(id)).toHaveLength(3);
    expect(await simulator.post('/notifications/none/send')).toMatchObject({ status: 404 });
  });
});

describe('the settlement', () => {
  test('takes amount and fee of a chargeback, and gives back what was won, with the fee where that is agreed', async () => {
    await advance(day);
    const today = () => new Date(Date.now() + offset).toISOString().slice(0, 10);
    const first = today();
    const lost = await dispute(await givenCapture(1_000));
    await simulator.post(`/disputes/${lost.id}`, { state: 'lost' });
    const asked = await dispute(await givenCapture(2_000), { kind: 'inquiry' });
    await advance(day);
    const second = today();
    expect(await simulator.post('/disputes-settings', { feeReturned: true })).toMatchObject({ body: { fee: 1_500 } });
    await simulator.post(`/disputes/${asked.id}`, { state: 'needs_response' });
    await simulator.post(`/disputes/${asked.id}`, { state: 'won' });
    await advance(day);
    const linesOf = async (date: string) => {
      const text = await (await fetch(`${simulator.url}/settlements/${date}`)).text();
      const movements = text.split('\n').slice(1, -2);
      return movements
        .map((line, index) => parseSettlementLine(line, index + 2))
        .filter(({ operation }) => operation !== 'capture');
    };
    expect(await linesOf(first)).toEqual([
      { reference: lost.id, operation: 'chargeback', gross: -1_000n, fee: 1_500n, net: -2_500n, currency: 'EUR' },
    ]);
    expect(await linesOf(second)).toEqual([
      { reference: asked.id, operation: 'chargeback', gross: -2_000n, fee: 1_500n, net: -3_500n, currency: 'EUR' },
      {
        reference: asked.id,
        operation: 'chargeback_reversal',
        gross: 2_000n,
        fee: -1_500n,
        net: 3_500n,
        currency: 'EUR',
      },
    ]);
  });
});
