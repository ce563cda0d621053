import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authorization } from '../bodies.ts';
import type { RunningSimulator } from '../run-simulator.ts';
import { runSimulator } from '../run-simulator.ts';

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await runSimulator('acquirer');
});
afterAll(() => simulator.dispose());

const { card } = authorization;

describe('bad input is refused with 400 and a clear body, and nothing is stored', () => {
  test.each<[string, unknown]>([
    ['no body', undefined],
    ['no JSON', '{"card":{"number":"4242424242424242"'],
    ['an array', []],
    ['no reference', { ...authorization, reference: undefined }],
    ['an empty reference', { ...authorization, reference: '' }],
    ['a reference of 65 characters', { ...authorization, reference: 'r'.repeat(65) }],
    ['a reference with a blank', { ...authorization, reference: 'a b' }],
    ['an amount of 0', { ...authorization, amount: 0 }],
    ['a negative amount', { ...authorization, amount: -1 }],
    ['a fraction', { ...authorization, amount: 12.5 }],
    ['an amount as a string', { ...authorization, amount: '1250' }],
    ['an amount beyond 2^53', { ...authorization, amount: 2 ** 53 }],
    ['a currency in lower case', { ...authorization, currency: 'eur' }],
    ['no card', { ...authorization, card: undefined }],
    ['a number with blanks', { ...authorization, card: { ...card, number: '4242 4242 4242 4242' } }],
    ['a number of 11 digits', { ...authorization, card: { ...card, number: '42424242424' } }],
    ['a month of 13', { ...authorization, card: { ...card, expMonth: 13 } }],
    ['a year of two digits', { ...authorization, card: { ...card, expYear: 40 } }],
    ['a code of two digits', { ...authorization, card: { ...card, cvc: '12' } }],
    ['an unknown field', { ...authorization, card: { ...card, pin: '1234' } }],
  ])('%s', async (_, body) => {
    const answer = await simulator.post('/authorizations', body);
    expect(answer).toEqual({ status: 400, body: { error: { code: 'invalid_request', message: expect.any(String) } } });
    expect(JSON.stringify(answer.body)).not.toContain('4242');
    expect(await simulator.get('/records')).toEqual({ status: 200, body: { data: [], nextAfter: null } });
  });

  test('a body over 16 KiB is 413', async () => {
    const answer = await simulator.post('/authorizations', { ...authorization, reference: 'r'.repeat(17_000) });
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'body_too_large' } } });
  });

  test('what is not there is 404, and another method 405', async () => {
    expect(await simulator.get('/nowhere')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    expect(await simulator.get('/authorizations')).toMatchObject({ status: 405 });
    expect(await simulator.get('/authorizations/%ZZ%')).toMatchObject({ status: 404 });
  });

  test.each([
    ['/faults', { operation: 'teleport', kind: 'delay' }],
    ['/faults', { kind: 'explode' }],
    ['/faults', { kind: 'delay', rate: 2 }],
    ['/latency', { medianMs: -1 }],
    ['/clock', { offsetMilliseconds: -1 }],
    ['/clock', {}],
  ])('a bad setting: %s %j', async (path, body) => {
    expect(await simulator.post(path, body)).toMatchObject({ status: 400 });
  });
});

describe('the records', () => {
  test('are one row per reference in the order of opening, in pages', async () => {
    for (const reference of ['a', 'b', 'c']) await simulator.post('/authorizations', { ...authorization, reference });
    await simulator.post('/authorizations/b/cancel');
    await simulator.post('/authorizations/d/cancel');
    await simulator.post('/authorizations', { ...authorization, reference: 'd' });
    const row = (reference: string, state: string) => ({
      reference,
      operation: 'authorize',
      amount: 1250,
      currency: 'EUR',
      state,
    });
    const tombstone = { reference: 'd', operation: 'cancel', amount: null, currency: null, state: 'cancelled' };
    const all = [row('a', 'approved'), row('b', 'cancelled'), row('c', 'approved'), tombstone];
    expect((await simulator.get('/records')).body).toEqual({ data: all, nextAfter: null });

    const first = (await simulator.get('/records?limit=3')).body as { data: unknown[]; nextAfter: number };
    expect(first.data).toEqual(all.slice(0, 3));
    expect((await simulator.get(`/records?limit=3&after=${first.nextAfter}`)).body).toEqual({
      data: all.slice(3),
      nextAfter: null,
    });
  });
});

describe('its clock', () => {
  test('runs ahead as told, dates holds and expiries by it, and is kept over a kill', async () => {
    const year = 365 * 86_400_000;
    await simulator.post('/clock', { offsetMilliseconds: 20 * year });
    await simulator.kill();
    await simulator.start();
    const soon = { ...authorization, reference: 'later', card: { ...card, expYear: 2080 } };
    const { body } = (await simulator.post('/authorizations', soon)) as { body: { expiresAt: string } };
    expect(Math.abs(Date.parse(body.expiresAt) - Date.now() - 20 * year - 7 * 86_400_000)).toBeLessThan(30_000);
    expect(await simulator.post('/authorizations', { ...authorization, reference: 'expired' })).toMatchObject({
      body: { state: 'declined', code: 'expired_card' },
    });
    await simulator.post('/clock', { offsetMilliseconds: 0 });
  });
});

describe('faults', () => {
  test('are listed and removed', async () => {
    await simulator.post('/faults', { operation: 'authorize', kind: 'error', rate: 0.5, seed: 3 });
    const fault = { operation: 'authorize', kind: 'error', rate: 0.5, seed: 3, delayMs: 10_000 };
    expect((await simulator.get('/faults')).body).toEqual({ data: [fault] });
    await simulator.clearFaults();
    expect((await simulator.get('/faults')).body).toEqual({ data: [] });
  });

  test('are over when it starts again', async () => {
    await simulator.post('/faults', { kind: 'error' });
    expect((await simulator.get('/authorizations/a')).status).toBe(500);
    await simulator.kill();
    await simulator.start();
    expect((await simulator.get('/authorizations/a')).status).toBe(200);
  });
});
