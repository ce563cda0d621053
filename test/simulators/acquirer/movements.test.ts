import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authorization } from '../bodies.ts';
import type { RunningSimulator } from '../run-simulator.ts';
import { runSimulator } from '../run-simulator.ts';

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await runSimulator('acquirer');
});
afterAll(() => simulator.dispose());

const refund = { reference: 'ref-1', authorizationReference: 'ord-1', amount: 1250, currency: 'EUR' };
const capture = { ...refund, reference: 'cap-1', isFinal: true };

describe('bad input is refused with 400 and a clear body, and nothing is stored', () => {
  test.each<[string, string, unknown]>([
    ['/captures', 'no body', undefined],
    ['/captures', 'no reference', { ...capture, reference: undefined }],
    ['/captures', 'a reference of 65 characters', { ...capture, reference: 'r'.repeat(65) }],
    ['/captures', 'no authorization', { ...capture, authorizationReference: undefined }],
    ['/captures', 'an amount of 0', { ...capture, amount: 0 }],
    ['/captures', 'an amount as a string', { ...capture, amount: '1250' }],
    ['/captures', 'a currency in lower case', { ...capture, currency: 'eur' }],
    ['/captures', 'no word on whether it is final', { ...capture, isFinal: undefined }],
    ['/captures', 'an unknown field', { ...capture, tip: 1 }],
    ['/refunds', 'a fraction', { ...refund, amount: 12.5 }],
    ['/refunds', 'an amount beyond 2^53', { ...refund, amount: 2 ** 53 }],
    ['/refunds', 'a field of captures', { ...refund, isFinal: false }],
    ['/movements/a%20b/cancel', 'a reference with a blank', undefined],
  ])('%s with %s', async (path, _, body) => {
    const answer = await simulator.post(path, body);
    expect(answer).toEqual({ status: 400, body: { error: { code: 'invalid_request', message: expect.any(String) } } });
    expect(await simulator.get('/records')).toEqual({ status: 200, body: { data: [], nextAfter: null } });
  });

  test.each(['2026-02-30', 'yesterday', '20261122'])('the settlement of %s', async (date) => {
    expect(await simulator.get(`/settlements/${date}`)).toMatchObject({ status: 400 });
  });
});

describe('movements', () => {
  test('are answered with all that is known of them, and recorded in the order of opening with all else', async () => {
    await simulator.post('/authorizations', authorization);
    expect(await simulator.post('/captures', capture)).toEqual({
      status: 200,
      body: {
        ...capture,
        operation: 'capture',
        state: 'accepted',
        code: 'accepted',
        fee: 38,
        networkReference: expect.stringMatching(/^ntx_/u),
      },
    });
    expect(await simulator.post('/refunds', refund)).toMatchObject({ body: { state: 'accepted', fee: 0 } });
    const excess = { ...refund, reference: 'ref-2' };
    expect(await simulator.post('/refunds', excess)).toMatchObject({
      status: 200,
      body: { state: 'refused', code: 'exceeds_captured', fee: null, networkReference: null },
    });
    await simulator.post('/movements/ref-1/cancel');
    await simulator.post('/movements/ref-3/cancel');
    await simulator.post('/authorizations', { ...authorization, reference: 'ord-2' });

    const money = { amount: 1250, currency: 'EUR' };
    const all = [
      { reference: 'ord-1', operation: 'authorize', ...money, state: 'approved' },
      { reference: 'cap-1', operation: 'capture', ...money, state: 'accepted' },
      { reference: 'ref-1', operation: 'refund', ...money, state: 'cancelled' },
      { reference: 'ref-2', operation: 'refund', ...money, state: 'refused' },
      { reference: 'ref-3', operation: 'cancel', amount: null, currency: null, state: 'cancelled' },
      { reference: 'ord-2', operation: 'authorize', ...money, state: 'approved' },
    ];
    expect((await simulator.get('/records')).body).toEqual({ data: all, nextAfter: null });
    const first = (await simulator.get('/records?limit=4')).body as { data: unknown[]; nextAfter: number };
    expect(first.data).toEqual(all.slice(0, 4));
    expect((await simulator.get(`/records?limit=4&after=${first.nextAfter}`)).body).toEqual({
      data: all.slice(4),
      nextAfter: null,
    });
  });

  test('a capture that was refunded can no longer be cancelled, so that no more goes back than came', async () => {
    await simulator.post('/authorizations', { ...authorization, reference: 'ord-3' });
    const authorizationReference = 'ord-3';
    await simulator.post('/captures', { ...capture, reference: 'cap-3', authorizationReference });
    await simulator.post('/refunds', { ...refund, reference: 'ref-4', authorizationReference, amount: 1 });
    expect(await simulator.post('/movements/cap-3/cancel')).toMatchObject({ body: { state: 'accepted' } });
    await simulator.post('/movements/ref-4/cancel');
    expect(await simulator.post('/movements/cap-3/cancel')).toMatchObject({ body: { state: 'cancelled' } });
  });
});
