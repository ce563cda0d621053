import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sale } from '../bodies.ts';
import type { RunningSimulator } from '../run-simulator.ts';
import { runSimulator } from '../run-simulator.ts';

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await runSimulator('acquirer-single-message');
  await simulator.post('/latency', { medianMs: 0 });
});
afterAll(() => simulator.dispose());

describe('bad input is refused with 400 and response code 30, and nothing is stored', () => {
  test.each<[string, unknown]>([
    ['no body', undefined],
    ['a number as the value', { ...sale, total: { value: 12.5, currency: 'EUR' } }],
    ['minor units of a currency with decimals', { ...sale, total: { value: '1250', currency: 'EUR' } }],
    ['decimals of a currency without', { ...sale, total: { value: '1250.00', currency: 'JPY' } }],
    ['two decimals of a currency with three', { ...sale, total: { value: '1.25', currency: 'KWD' } }],
    ['nothing', { ...sale, total: { value: '0.00', currency: 'EUR' } }],
    ['a negative value', { ...sale, total: { value: '-1.00', currency: 'EUR' } }],
    ['a month of 13', { ...sale, account: { ...sale.account, expiry: '1340' } }],
    ['an unknown field', { ...sale, card: {} }],
  ])('%s', async (_, body) => {
    const answer = await simulator.post('/v2/sales', body);
    expect(answer).toEqual({ status: 400, body: { fault: { responseCode: '30', text: expect.any(String) } } });
    expect(JSON.stringify(answer.body)).not.toContain('4242');
    expect((await simulator.get('/records')).body).toEqual({ data: [], nextAfter: null });
  });
});

describe('bad credits are refused with 400 and response code 30, and nothing is stored', () => {
  const credit = { merchantReference: 'cr-1', originalReference: 'ord-1', total: sale.total };
  test.each<[string, unknown]>([
    ['no body', undefined],
    ['no original', { ...credit, originalReference: undefined }],
    ['minor units of a currency with decimals', { ...credit, total: { value: '1250', currency: 'EUR' } }],
    ['nothing', { ...credit, total: { value: '0.00', currency: 'EUR' } }],
    ['an unknown field', { ...credit, isFinal: true }],
  ])('%s', async (_, body) => {
    const answer = await simulator.post('/v2/credits', body);
    expect(answer).toEqual({ status: 400, body: { fault: { responseCode: '30', text: expect.any(String) } } });
    expect((await simulator.get('/records')).body).toEqual({ data: [], nextAfter: null });
  });
});

test('there is no look-up', async () => {
  expect((await simulator.get('/v2/sales/ord-1')).status).toBe(404);
});

test('records show amounts as the acquirer knows them', async () => {
  await simulator.post('/v2/sales', sale);
  await simulator.post('/v2/reversals', { merchantReference: 'ord-2' });
  expect((await simulator.get('/records')).body).toEqual({
    data: [
      { reference: 'ord-1', operation: 'sale', amount: '12.50', currency: 'EUR', state: 'approved' },
      { reference: 'ord-2', operation: 'reversal', amount: null, currency: null, state: 'reversed' },
    ],
    nextAfter: null,
  });
});

test('a reference stands for one thing: a sale or a credit', async () => {
  const credit = { merchantReference: 'cr-2', originalReference: 'ord-3', total: { value: '2.50', currency: 'EUR' } };
  await simulator.post('/v2/sales', { ...sale, merchantReference: 'ord-3' });
  expect(await simulator.post('/v2/credits', credit)).toMatchObject({ status: 201 });
  const misuses = [
    ['/v2/credits', { ...credit, merchantReference: 'ord-3' }],
    ['/v2/credits', { ...credit, originalReference: 'ord-1' }],
    ['/v2/sales', { ...sale, merchantReference: 'cr-2' }],
  ] as const;
  for (const [path, body] of misuses)
    expect(await simulator.post(path, body)).toMatchObject({ status: 409, body: { fault: { responseCode: '94' } } });
  expect((await simulator.get('/records?after=2')).body).toMatchObject({
    data: [{ reference: 'ord-3' }, { reference: 'cr-2', operation: 'credit', amount: '2.50', state: 'approved' }],
  });
});
