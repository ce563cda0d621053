import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { FxQuote } from '../../contracts/fx.ts';
import { fxQuote } from '../../contracts/fx.ts';
import type { Instance } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import { moveClockWhileOff, nextRefresh } from './while-off.ts';

const filePath = '/stats/eurofxref/eurofxref-daily.xml';
const problem = z.object({ status: z.int(), code: z.string() });

const dataDir = mkdtempSync(join(tmpdir(), 'quittance-fx-'));
let instance: Instance;
let bearer: () => Promise<string>;

beforeAll(async () => {
  instance = await startInstance({ dataDir });
  bearer = instance.accessTokenFor('payments/create');
});

afterAll(async () => {
  await instance.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const usual = { from: 'EUR', to: 'USD', amount: 100_00, lock: '5m' };
let keys = 0;

async function ask(change: object = {}, key: string | undefined = `key-${(keys += 1)}`) {
  const answer = await fetch(`${instance.baseUrl}/v1/fx-quotes`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await bearer()}`,
      'content-type': 'application/json',
      ...(key === '' ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify({ ...usual, ...change }),
  });
  const body: unknown = await answer.json();
  return { status: answer.status, replayed: answer.headers.get('idempotent-replayed'), body };
}

async function quote(change: object = {}, key?: string): Promise<FxQuote> {
  const { status, body } = await ask(change, key);
  expect([status, body]).toEqual([201, expect.anything()]);
  return fxQuote.parse(body);
}

async function refusal(change: object = {}, key?: string) {
  const { status, body } = await ask(change, key);
  expect(status).toBe(problem.parse(body).status);
  return [status, problem.parse(body).code];
}

async function source(method: string, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(`${instance.outputs.ratesUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.text();
}

/** What the source publishes now. */
async function published() {
  const file = await source('GET', filePath);
  const [, date = ''] = /time='([^']+)'/u.exec(file) ?? [];
  const rates = new Map(
    [...file.matchAll(/currency='(\w+)' rate='([\d.]+)'/gu)].map(([, code = '', rate = '']) => [code, rate]),
  );
  return { file, date, rateOf: (code: string) => rates.get(code) ?? '' };
}

/** Ends the instance, and starts it again on its data when the clock shows another time: as after days without power. */
async function offUntil(time: Date): Promise<void> {
  await instance.stop();
  await moveClockWhileOff(dataDir, time);
  instance = await startInstance({ dataDir });
  bearer = instance.accessTokenFor('payments/create');
}

describe('a quote', () => {
  test('is there at once on a new stack: the first caller brings the rates of the day', async () => {
    const { date, rateOf } = await published();
    const made = await quote();
    expect(made).toMatchObject({ object: 'fx_quote', ...usual, rateDate: date, feeRate: '0.005', version: 1 });
    expect(Number(made.baseRate)).toBe(Number(rateOf('USD')));
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(300_000);
  });

  test('can be checked by what it shows: base rate less fee is the rate, and the amount is converted by it', async () => {
    const made = await quote({ lock: '24h' });
    expect(Number(made.rate)).toBeCloseTo(Number(made.baseRate) * (1 - Number(made.feeRate)), 10);
    expect(made.convertedAmount).toBe(Math.round(made.amount * Number(made.rate)));
    expect(Number((await quote({ lock: '5m' })).rate)).toBeGreaterThan(Number(made.rate));
  });

  test('goes over the euro, and by the minor units of both currencies', async () => {
    const { rateOf } = await published();
    const made = await quote({ from: 'GBP', to: 'JPY', amount: 1_00, lock: '1h' });
    expect(Number(made.baseRate)).toBeCloseTo(Number(rateOf('JPY')) / Number(rateOf('GBP')), 8);
    expect(made.convertedAmount).toBe(Math.round(Number(made.rate)));
  });

  test('asked for again with the same key is the same; with another body the key is refused', async () => {
    const first = await quote({}, 'again');
    const again = await ask({}, 'again');
    expect([again.status, again.replayed, again.body]).toEqual([201, 'true', first]);
    expect(await refusal({ amount: 1 }, 'again')).toEqual([422, 'idempotency_key_reused']);
    const many = await Promise.all(Array.from({ length: 10 }, () => quote({}, 'at-once')));
    expect(new Set(many.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  test.each([
    ['a currency without a rate', { to: 'KWD' }, 422, 'rate_unavailable'],
    ['a currency with itself', { to: 'EUR' }, 422, 'same_currency'],
    ['an amount that becomes nothing', { from: 'IDR', to: 'EUR', amount: 1 }, 422, 'amount_out_of_range'],
    ['an amount that becomes too much', { to: 'IDR', amount: 10 ** 12 }, 422, 'amount_out_of_range'],
    ['a currency that is none', { to: 'EUX' }, 400, 'invalid_request'],
    ['another lock', { lock: '2h' }, 400, 'invalid_request'],
    ['an unknown field', { rate: '1' }, 400, 'invalid_request'],
  ])('of %s is refused', async (_what, change, status, code) => {
    expect(await refusal(change)).toEqual([status, code]);
  });

  test('needs an Idempotency-Key, for it promises money', async () => {
    expect(await refusal({}, '')).toEqual([400, 'idempotency_key_missing']);
  });

  test('that is over is never priced again: its key answers it as it was, a new key makes a new one', async () => {
    const first = await quote({}, 'over');
    await instance.advance('PT6M');
    expect(await quote({}, 'over')).toEqual(first);
    expect(first.expiresAt < (await instance.now()).toISOString()).toBe(true);
    expect(Date.parse((await quote()).expiresAt)).toBeGreaterThan(Date.parse(first.expiresAt));
  });
});

describe('the rates', () => {
  test('of a new day come on working days at 16:30 in Frankfurt, without anybody asking', async () => {
    const before = await quote();
    await offUntil(new Date(nextRefresh(await instance.now()).getTime() - 120_000));
    expect((await published()).date > before.rateDate).toBe(true);
    expect(await quote()).toMatchObject({ rateDate: before.rateDate });
    await instance.advance('PT4M');
    expect(await quote()).toMatchObject({ rateDate: (await published()).date });
  });

  test('that were good last stay when the source publishes a broken file, or other numbers for a day that is kept', async () => {
    const good = await quote();
    const { file } = await published();
    for (const content of [file.slice(0, 900), file.replace(/(currency='USD' rate=')[^']+/u, '$19.99')]) {
      await source('POST', '/file', { content });
      await offUntil(new Date(nextRefresh(await instance.now()).getTime() - 120_000));
      await instance.advance('PT4M');
      expect(await quote()).toMatchObject({ rateDate: good.rateDate, rate: good.rate });
    }
  });

  test('are refused when they are too old, and are back as soon as the source is', async () => {
    await offUntil(new Date((await instance.now()).getTime() + 8 * 86_400_000));
    expect(await refusal()).toEqual([422, 'rate_unavailable']);
    await source('POST', '/file', { content: null });
    await source('POST', '/faults', { operation: 'download', kind: 'drop_before' });
    await instance.advance('PT1M');
    expect(await refusal()).toEqual([422, 'rate_unavailable']);
    await source('DELETE', '/faults');
    await instance.advance('PT1M');
    expect(await quote()).toMatchObject({ rateDate: (await published()).date });
  });
});
