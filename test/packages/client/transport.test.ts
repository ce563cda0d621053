import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createTransport, has } from '../../../packages/client/transport.ts';

type Answer = (response: ServerResponse) => void;

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

const json =
  (status: number, body: unknown): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const inFlight = json(409, { code: 'idempotency_in_flight', detail: 'Wait.' });
const paid = json(201, { object: 'payment', id: 'pay_1' });
const cutOff: Answer = (response) => {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"object":', () => response.destroy());
};
const hangUp: Answer = (response) => response.destroy();

/** A server that gives these answers one after the other (the last for ever), and a transport that does not wait. */
async function given(...answers: readonly [Answer, ...Answer[]]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    request.resume();
    requests.push(request);
    (answers[Math.min(requests.length, answers.length) - 1] ?? hangUp)(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const pauses: number[] = [];
  const { send } = createTransport({
    apiUrl: `http://127.0.0.1:${port}`,
    accessToken: () => Promise.resolve('token'),
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  });
  const isObject = (value: unknown): value is { object: string } => has(value, 'object');
  const post = (idempotencyKey?: string) =>
    send({
      method: 'POST',
      path: '/v1/payments',
      body: {},
      expect: isObject,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
  return { post, requests, pauses, keys: () => requests.map(({ headers }) => headers['idempotency-key']) };
}

describe('a write under an Idempotency-Key', () => {
  test('is asked for under the same key for longer than a first request can be in flight', async () => {
    const { post, pauses, keys } = await given(hangUp, ...Array.from({ length: 30 }, () => inFlight), paid);
    expect(await post('key')).toEqual({ object: 'payment', id: 'pay_1' });
    expect(new Set(keys())).toEqual(new Set(['key']));
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThanOrEqual(30_000);
  });

  test('is given up when it stays in flight for ever', async () => {
    const { post, requests } = await given(inFlight);
    await expect(post('key')).rejects.toMatchObject({ code: 'idempotency_in_flight', status: 409 });
    expect(requests.length).toBe(36);
  });

  test('is sent again when its answer broke off, the connection was lost, or the service was busy', async () => {
    for (const failure of [cutOff, hangUp, json(503, { message: 'Service Unavailable' }), json(429, {})]) {
      const { post, keys } = await given(failure, paid);
      expect(await post('key')).toEqual({ object: 'payment', id: 'pay_1' });
      expect(keys()).toEqual(['key', 'key']);
    }
  });

  test('is given up after three further tries', async () => {
    const { post, requests, pauses } = await given(json(500, { code: 'internal_error', detail: 'No.' }));
    await expect(post('key')).rejects.toMatchObject({ name: 'QuittanceError', status: 500, code: 'internal_error' });
    expect([requests.length, pauses]).toEqual([4, [200, 800, 3000]]);
  });

  test('is not sent again after an answer that stays', async () => {
    const { post, requests } = await given(json(422, { code: 'token_unknown', detail: 'No.' }));
    await expect(post('key')).rejects.toMatchObject({ status: 422, code: 'token_unknown' });
    expect(requests.length).toBe(1);
  });

  test('is not sent again when the answer is not what was promised: it may have been carried out', async () => {
    const { post, requests } = await given(json(201, { other: true }));
    await expect(post('key')).rejects.toMatchObject({ status: 201 });
    expect(requests.length).toBe(1);
  });
});

test('a write without a key is never sent twice', async () => {
  for (const failure of [hangUp, cutOff, json(503, {})]) {
    const { post, requests } = await given(failure, paid);
    await expect(post()).rejects.toThrow();
    expect(requests.length).toBe(1);
  }
});
