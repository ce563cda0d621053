import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { giftCardEvent } from '../../contracts/events.ts';
import { readCode } from '../../core/gift-cards/code.ts';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { invokeFunction } from './invoke-function.ts';
import { eachConcurrently, encodings, filesHolding, paymentOf, shopper } from './support.ts';

/** Every call between the parts, as text, to be searched for codes. */
const calls: { readonly what: string; readonly text: string }[] = [];
const events: z.infer<typeof giftCardEvent>[] = [];
const putEvents = z.object({ Entries: z.array(z.object({ Detail: z.string() })) });
/** Every code that was shown. */
const codes = new Set<string>();
let here: CloudHere;

beforeAll(async () => {
  here = await startCloudHere(({ service, operation, input, outcome, caller }: ObservedCall) => {
    const answer = outcome.kind === 'answered' ? outcome.answer : outcome;
    calls.push({ what: `${service} ${operation} by ${caller.kind}`, text: JSON.stringify([input, answer]) });
    if (service === 'events' && operation === 'PutEvents') {
      const details = putEvents.parse(input).Entries.map(({ Detail: detail }): unknown => JSON.parse(detail));
      events.push(...details.flatMap((detail) => giftCardEvent.safeParse(detail).data ?? []));
    }
  });
});

afterAll(async () => {
  await here.stop();
});

async function send(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(here.baseUrl + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await here.accessTokenFor('giftcards/issue')()}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  const parsed = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  if (typeof parsed['code'] === 'string' && path === '/v1/gift-cards' && answer.ok) codes.add(parsed['code']);
  return { status: answer.status, headers: answer.headers, text, body: parsed };
}

const issue = (key: string, order: object = { amount: 5000, currency: 'EUR' }) =>
  send('/v1/gift-cards', order, { 'idempotency-key': key });
const lookUp = (code: unknown) => send('/v1/gift-cards/lookup', { code });

async function givenCard(key: string, order?: object) {
  const { body } = await issue(key, order);
  return z.object({ id: z.string(), code: z.string() }).parse(body);
}

describe('a gift card', () => {
  test('is issued with a code, shown without it, and found by it', async () => {
    const answer = await issue('first');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const issued = z.looseObject({ id: z.string(), code: z.string(), expiresAt: z.string() }).parse(answer.body);
    expect(issued).toMatchObject({ object: 'gift_card', status: 'active', balance: 5000, available: 5000, version: 1 });
    expect(readCode(issued.code)).toBeDefined();
    const { code, ...shown } = issued;
    expect((await send(`/v1/gift-cards/${issued.id}`)).body).toEqual(shown);
    expect((await lookUp(code.toLowerCase())).body).toEqual({
      object: 'gift_card',
      id: issued.id,
      available: 5000,
      currency: 'EUR',
      expiresAt: issued.expiresAt,
    });
  });

  test('is the same when asked for again; its code is shown for half an hour, and then nowhere', async () => {
    const { id, code } = await givenCard('again');
    const again = await issue('again');
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toMatchObject({ id, code });
    await here.advance('PT31M');
    const late = await issue('again');
    expect([late.status, late.body['id'], late.body['code']]).toEqual([201, id, undefined]);
    expect((await issue('again', { amount: 5001, currency: 'EUR' })).body).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
  });

  test('asked for twenty times at once is one card with one code', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => issue('at once')));
    expect(new Set(answers.map(({ body }) => `${String(body['id'])} ${String(body['code'])}`)).size).toBe(1);
  });

  test('is announced with its version, and without its code', async () => {
    const { id } = await givenCard('announced');
    await here.advance('PT1S');
    expect(events.filter(({ object }) => object.id === id)).toMatchObject([
      { type: 'gift_card.issued', object: { type: 'gift_card', version: 1 }, data: { available: 5000 } },
    ]);
  });

  test('has no door for a stranger', async () => {
    expect((await send(`/v1/gift-cards/gc_${'0'.repeat(26)}`)).body).toMatchObject({ code: 'gift_card_not_found' });
  });
});

describe('a request with bad input', () => {
  test.each([
    ['no amount', { currency: 'EUR' }, 400, 'invalid_request'],
    ['an amount of 0', { amount: 0, currency: 'EUR' }, 400, 'invalid_request'],
    ['an amount as text', { amount: '50', currency: 'EUR' }, 400, 'invalid_request'],
    ['an unknown currency', { amount: 5000, currency: 'EUX' }, 400, 'invalid_request'],
    ['an unknown field', { amount: 5000, currency: 'EUR', code: 'MINE' }, 400, 'invalid_request'],
    ['half a day', { amount: 5000, currency: 'EUR', validDays: 0.5 }, 400, 'invalid_request'],
    ['less than a euro', { amount: 99, currency: 'EUR' }, 422, 'amount_out_of_bounds'],
    ['more than two thousand', { amount: 200_001, currency: 'EUR' }, 422, 'amount_out_of_bounds'],
    ['a hundred years', { amount: 5000, currency: 'EUR', validDays: 36_500 }, 422, 'validity_out_of_bounds'],
  ])('to issue %s is refused', async (_what, order, status, code) => {
    expect((await issue('bad', order)).body).toMatchObject({ status, code });
  });

  test('to issue without an Idempotency-Key is refused', async () => {
    const answer = await send('/v1/gift-cards', { amount: 5000, currency: 'EUR' });
    expect(answer.body).toMatchObject({ status: 400, code: 'idempotency_key_missing' });
  });

  test('to look up something that is no text is refused', async () => {
    expect((await lookUp(5)).body).toMatchObject({ status: 400, code: 'invalid_request' });
    expect((await send('/v1/gift-cards/lookup', {})).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});

describe('time and guessing', () => {
  test('a card that expired is found no more, is not told apart from one that never was, and lapses with the daily pass', async () => {
    const { id, code } = await givenCard('short', { amount: 5000, currency: 'EUR', validDays: 1 });
    const unknown = await lookUp('0000-0000-0000-0000-0000');
    await here.advance('P1D');
    const alike = await Promise.all([lookUp(code), lookUp(`${code}1`), lookUp(''), lookUp('x'.repeat(10_000))]);
    for (const answer of alike) expect([answer.status, answer.text]).toEqual([unknown.status, unknown.text]);
    expect(unknown.body).toMatchObject({ status: 404, code: 'gift_card_not_found' });
    const shown = await send(`/v1/gift-cards/${id}`);
    expect(shown.body).toMatchObject({ status: 'expired', balance: 5000, available: 5000, version: 1 });
    await invokeFunction(here, 'GiftCardUpkeepExpireGiftCards');
    await here.advance('PT1S');
    const lapsed = await send(`/v1/gift-cards/${id}`);
    expect(lapsed.body).toMatchObject({ status: 'expired', amount: 5000, balance: 0, available: 0, version: 2 });
    expect(events.filter(({ object }) => object.id === id).at(-1)).toMatchObject({
      type: 'gift_card.expired',
      data: { moved: { lapsed: 5000 } },
    });
  }, 300_000);

  test('a caller who is wrong a hundred times in an hour is told to wait; the next hour forgives', async () => {
    const { code } = await givenCard('guessed');
    // Right ones count for nothing, however many are looked up at once.
    const right = await Promise.all(Array.from({ length: 150 }, () => lookUp(code)));
    expect(right.filter(({ status }) => status !== 200)).toEqual([]);
    const { client } = shopper(here);
    const body = { ...paymentOf(here, '', 1, 100), tenders: [{ type: 'gift_card', code } as const] };
    const paid = await client.createPayment(body, 'guessing');
    const guesses: Awaited<ReturnType<typeof lookUp>>[] = [];
    await eachConcurrently(120, 8, async () => void guesses.push(await lookUp('0000-0000-0000-0000-0000')));
    const refused = guesses.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(12);
    expect(refused[0]?.body).toMatchObject({ code: 'too_many_guesses' });
    expect((await lookUp(code)).status).toBe(429);
    // A payment that came before is answered as it was, whatever was guessed since.
    expect(await client.createPayment(body, 'guessing')).toEqual(paid);
    await here.advance('PT1H');
    expect((await lookUp(code)).status).toBe(200);
  });
});

test('the client issues, shows and looks up', async () => {
  const { client } = shopper(here);
  const issued = await client.issueGiftCard({ amount: 700, currency: 'EUR' }, 'client');
  codes.add(issued.code ?? '');
  expect(await client.getGiftCard(issued.id)).toMatchObject({ available: 700 });
  expect(await client.lookUpGiftCard(issued.code ?? '')).toMatchObject({ id: issued.id });
});

describe('in everything that was said and stored', () => {
  /** A code as it is shown and as it is hashed. */
  const needles = () => [...codes].flatMap((code) => [code, code.replaceAll('-', '')]);

  test('no code stands, but in what the API was asked and answered and in what KMS hashes', () => {
    expect(codes.size).toBeGreaterThan(5);
    const searched = needles().flatMap(encodings);
    const holding = calls.filter(({ text }) => searched.some((needle) => text.includes(needle)));
    // API Gateway hands requests and answers over to the two functions that know codes; KMS keeps and logs nothing.
    const allowed = /^(kms GenerateMac by role|lambda Invoke by service)$/u;
    expect(holding.map(({ what }) => what).filter((what) => !allowed.test(what))).toEqual([]);
    expect(holding.length).toBeGreaterThan(0);
  });

  test('no file holds one, in any form', () => {
    expect(filesHolding(here.dataDir, needles())).toEqual([]);
  });
});
