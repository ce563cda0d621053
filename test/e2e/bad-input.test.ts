import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { encryptionKey } from '../../contracts/tokens.ts';
import { encryptCard } from '../../packages/client/index.ts';
import type { Instance } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import { acquirerBook, cardNumber, filesHolding, paymentOf, shopper, testCvc } from './support.ts';

const record = z.record(z.string(), z.unknown());

let instance: Instance;
let bearer: string;
let token: string;
let key: Parameters<typeof encryptCard>[1];
const used = new Set<string>();

beforeAll(async () => {
  instance = await startInstance();
  bearer = await instance.accessTokenFor('payments/create')();
  token = await shopper(instance).token(cardNumber(1));
  key = encryptionKey.parse(await (await fetch(`${instance.baseUrl}/v1/encryption-key`)).json());
});

afterAll(async () => {
  await instance.stop();
});

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
}

async function send({ path = '/v1/payments', method = 'POST', headers = {}, body, text }: Sent) {
  const answer = await fetch(instance.baseUrl + path, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers },
    body: text ?? (body === undefined ? null : JSON.stringify(body)),
  });
  const raw = await answer.text();
  const parsed = raw.startsWith('{') ? record.parse(JSON.parse(raw)) : {};
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    headers: answer.headers,
    body: parsed,
    raw,
  };
}

const withKey = (idempotencyKey: string) => ({ 'idempotency-key': idempotencyKey });
const good = () => paymentOf(instance, token, 1, 4200);

describe('a payment with bad input', () => {
  test.each([
    ['no body at all', {}, undefined],
    ['a lone surrogate', { buyer: { id: '\ud800', email: 'a@example.com' } }, 'buyer.id'],
    ['a control character', { buyer: { id: 'a\u0000b', email: 'a@example.com' } }, 'buyer.id'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['no amount', { amount: undefined }, 'amount'],
    ['an amount of 0', { amount: 0 }, 'amount'],
    ['a negative amount', { amount: -1 }, 'amount'],
    ['a fractional amount', { amount: 10.5 }, 'amount'],
    ['an amount above 10^12', { amount: 1_000_000_000_001 }, 'amount'],
    ['an amount beyond exact numbers', { amount: 1e300 }, 'amount'],
    ['an amount as text', { amount: '4200' }, 'amount'],
    ['an unknown currency', { currency: 'EUX' }, 'currency'],
    ['a currency in lower case', { currency: 'eur' }, 'currency'],
    ['a withdrawn currency', { currency: 'DEM' }, 'currency'],
    ['no tender', { tenders: [] }, 'tenders'],
    ['a token that is none', { tenders: [{ type: 'card', token: 'tok_x' }] }, 'tenders.0.token'],
    ['a card number in place of a token', { tenders: [{ type: 'card', token: cardNumber(99) }] }, 'tenders.0.token'],
    ['a buyer as text', { buyer: 'ada' }, 'buyer'],
    ['an address that is none', { buyer: { id: 'b', email: 'nobody' } }, 'buyer.email'],
    ['an IP address that is none', { context: { ip: '999.1.1.1' } }, 'context.ip'],
    ['a prototype', JSON.parse('{"__proto__": {"amount": 1}}') as object, '__proto__'],
  ])('%s is 400 and names the field', async (_what, change, path) => {
    const body = path === undefined ? undefined : { ...good(), ...change };
    const text =
      _what === 'a prototype' ? JSON.stringify(good()).replace('{', '{"__proto__":{"amount":1},') : undefined;
    const answer = await send({ headers: withKey('bad'), ...(text === undefined ? { body } : { text }) });
    expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
    if (path === undefined) expect(answer.body).toMatchObject({ code: 'invalid_json' });
    else {
      expect(answer.body).toMatchObject({ code: 'invalid_request', status: 400 });
      expect(answer.body['errors']).toContainEqual(expect.objectContaining({ path }));
    }
  });

  test.each([
    ['half a document', '{"amount": 1'],
    ['a word', 'pay'],
    ['nothing but spaces', '   '],
  ])('%s is invalid_json', async (_what, text) => {
    expect((await send({ headers: withKey('bad'), text })).body).toMatchObject({ status: 400, code: 'invalid_json' });
  });

  test.each([
    ['an amount', '{"amount": 1}', 'invalid_request'],
    ['half a document', '{{', 'invalid_json'],
  ])('a void with %s is refused: what is sent is meant', async (_what, text, code) => {
    const path = `/v1/payments/pay_${'0'.repeat(26)}/void`;
    expect((await send({ path, headers: withKey('void'), text })).body).toMatchObject({ status: 400, code });
  });

  test('a body over 64 KB is 413', async () => {
    const text = JSON.stringify({ ...good(), filler: 'x'.repeat(65_536) });
    expect((await send({ headers: withKey('bad'), text })).body).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  test('JSON that is 10,000 levels deep is refused before it is parsed', async () => {
    const text = '['.repeat(10_000) + ']'.repeat(10_000);
    expect((await send({ headers: withKey('bad'), text })).body).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });

  test.each([
    ['an unknown seller', { sellerId: 'sel_nobody' }, 'seller_unknown'],
    ['a currency that the seller does not take', { currency: 'SEK' }, 'currency_not_accepted'],
    ['a token of nobody', { tenders: [{ type: 'card', token: `tok_${'0'.repeat(26)}` }] }, 'token_unknown'],
  ])('%s is 422 %#', async (_what, change, code) => {
    const answer = await send({ headers: withKey('bad'), body: { ...good(), ...change } });
    expect(answer.body).toMatchObject({ status: 422, code });
  });

  test('no Idempotency-Key, an empty or a too long one is 400', async () => {
    expect((await send({ body: good() })).body).toMatchObject({ status: 400, code: 'idempotency_key_missing' });
    const long = await send({ body: good(), headers: withKey('x'.repeat(256)) });
    expect(long.body).toMatchObject({ status: 400, code: 'idempotency_key_invalid' });
  });

  test('leaves no payment behind, and nothing at the acquirer', async () => {
    expect((await shopper(instance).client.listPayments()).data).toEqual([]);
    expect((await acquirerBook(instance)).size).toBe(0);
  });
});

describe('an Idempotency-Key', () => {
  test('replayed answers the same again; crossed with another body it is 422', async () => {
    const first = await send({ headers: withKey('crossed'), body: good() });
    const replayed = await send({ headers: withKey('crossed'), body: good() });
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([replayed.status, replayed.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(replayed.body).toEqual(first.body);
    const crossed = await send({ headers: withKey('crossed'), body: { ...good(), amount: 4300 } });
    expect(crossed.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  test('used twenty times at once makes one payment; who is early is told to wait', async () => {
    const body = paymentOf(instance, token, 77, 7700);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send({ headers: withKey('at-once'), body })));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
    expect(answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotent-replayed'))).toHaveLength(
      1,
    );
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body: { id } }) => id));
    expect(ids.size).toBe(1);
    const held = [...(await acquirerBook(instance)).values()].filter(({ amount }) => amount === 7700);
    expect(held).toHaveLength(1);
  });
});

describe('an envelope', () => {
  const seal = async (changes: Record<string, unknown> = {}, options: { now?: Date; jti?: string } = {}) => {
    const number = cardNumber(500);
    used.add(number);
    const card = { number, expMonth: 12, expYear: 2035, cvc: testCvc, holderName: 'Ada', ...changes };
    return encryptCard(card, key, {
      now: options.now ?? (await instance.now()),
      ...(options.jti === undefined ? {} : { jti: options.jti }),
    });
  };
  const tokenize = (card: unknown) => send({ path: '/v1/tokens', body: { card } });
  const header = (changes: Record<string, unknown>) =>
    Buffer.from(
      JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: key.kid, iat: 1, jti: 'j', ...changes }),
    ).toString('base64url');

  test('works once; replayed it is refused', async () => {
    const envelope = await seal();
    expect((await tokenize(envelope)).status).toBe(201);
    expect((await tokenize(envelope)).body).toMatchObject({ status: 422, code: 'invalid_envelope' });
  });

  test('sent ten times at once makes one token', async () => {
    const envelope = await seal();
    const answers = await Promise.all(Array.from({ length: 10 }, () => tokenize(envelope)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test('that is stale, from the future, broken, inflating or of another algorithm is refused alike', async () => {
    const now = (await instance.now()).getTime();
    const [, ...rest] = (await seal()).split('.');
    const flipped = (await seal()).replace(/.(?=.{20}$)/u, (character) => (character === 'A' ? 'B' : 'A'));
    const inflating = [
      header({ zip: 'DEF' }),
      rest[0],
      rest[1],
      deflateRawSync('0'.repeat(100_000)).toString('base64url'),
      rest[3],
    ];
    const answers = await Promise.all([
      tokenize(await seal({}, { now: new Date(now - 11 * 60_000) })),
      tokenize(await seal({}, { now: new Date(now + 11 * 60_000) })),
      tokenize(flipped),
      tokenize(inflating.join('.')),
      tokenize([header({ alg: 'dir' }), '', ...rest.slice(1)].join('.')),
      tokenize([header({ alg: 'RSA1_5' }), ...rest].join('.')),
      tokenize([header({ enc: 'A128CBC-HS256' }), ...rest].join('.')),
      tokenize([header({ kid: 'nobody' }), ...rest].join('.')),
      tokenize([header({ crit: ['exp'] }), ...rest].join('.')),
      tokenize('a.b.c.d.e'),
      tokenize('not an envelope'),
    ]);
    const alike = new Set(answers.map(({ status, raw }) => `${status} ${raw}`));
    expect([...alike]).toHaveLength(1);
    expect(answers[0].body).toMatchObject({ status: 422, code: 'invalid_envelope' });
  });

  test.each([
    ['that fails the Luhn check', { number: '4242424242424241' }, 'card_number_invalid'],
    ['that has expired', { expYear: 2020 }, 'card_expired'],
    ['with a security code of two digits', { cvc: '12' }, 'cvc_invalid'],
  ])('with a card %s is 422', async (_what, change, code) => {
    expect((await tokenize(await seal(change))).body).toMatchObject({ status: 422, code });
  });

  test('over 4,096 characters is refused like any that cannot be opened', async () => {
    expect((await tokenize('a'.repeat(4097))).body).toMatchObject({ status: 422, code: 'invalid_envelope' });
  });
});

describe('a bearer token', () => {
  const list = (authorization: string) => send({ method: 'GET', path: '/v1/payments', headers: { authorization } });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test('that is missing, malformed, unsigned, forged or signed with a public key is 401 in the words of API Gateway', async () => {
    const [head = '', payload = '', signature = ''] = bearer.split('.');
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const hs = `${part({ alg: 'HS256', kid })}.${payload}`;
    const forged = [
      '',
      'Bearer',
      'Bearer x.y.z',
      `Bearer ${part({ alg: 'none', kid })}.${payload}.`,
      `Bearer ${hs}.${createHmac('sha256', key.n).update(hs).digest('base64url')}`,
      `Bearer ${head}.${part({ ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), scope: 'operations/write' })}.${signature}`,
      `Bearer ${head}.${payload}.${signature.slice(0, -4)}AAAA`,
    ];
    for (const authorization of forged) {
      const answer = await list(authorization);
      expect([authorization.slice(0, 20), answer.status, answer.raw]).toEqual([
        authorization.slice(0, 20),
        401,
        '{"message":"Unauthorized"}',
      ]);
    }
  });

  test('without the scope is 403', async () => {
    const operations = await instance.accessTokenFor('operations/read')();
    const answer = await list(`Bearer ${operations}`);
    expect([answer.status, answer.raw]).toEqual([403, '{"message":"Forbidden"}']);
  });

  test('that has expired by the clock is 401', async () => {
    await instance.advance('PT2H');
    expect((await list(`Bearer ${bearer}`)).status).toBe(401);
    bearer = await instance.accessTokenFor('payments/create')();
    expect((await list(`Bearer ${bearer}`)).status).toBe(200);
  });

  test('opens no route that does not exist', async () => {
    const answer = await send({ method: 'GET', path: '/v1/nothing' });
    expect([answer.status, answer.raw]).toEqual([404, '{"message":"Not Found"}']);
  });
});

describe('a list', () => {
  test.each([
    ['a limit of 0', 'limit=0', 'invalid_request'],
    ['a limit of 101', 'limit=101', 'invalid_request'],
    ['an unknown filter', 'colour=red', 'invalid_request'],
    ['a cursor of nobody', 'cursor=abc', 'invalid_cursor'],
    ['a status that does not exist', 'status=paid', 'invalid_request'],
  ])('with %s is 400', async (_what, query, code) => {
    const answer = await send({ method: 'GET', path: `/v1/payments?${query}` });
    expect(answer.body).toMatchObject({ status: 400, code });
  });
});

test('nothing of all this stands in any file', () => {
  expect(filesHolding(instance.dataDir, [...used, cardNumber(1), cardNumber(99), '4242424242424241'])).toEqual([]);
});
