import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KMSClient } from '@aws-sdk/client-kms';
import { dynamoCvcStore } from '../../../adapters/dynamodb/cvc-store.ts';
import { dynamoTokenStore } from '../../../adapters/dynamodb/token-store.ts';
import { kmsDataKeys } from '../../../adapters/kms/data-keys.ts';
import { problem } from '../../../contracts/problem.ts';
import { tokenRoutes } from '../../../contracts/tokens.ts';
import { openCard } from '../../../core/tokens/open-card.ts';
import { dynoxide } from '../../adapters/dynamodb/dynamo-world.ts';
import { formsOf } from '../../core/tokens/fake-vault.ts';
import { encrypted, givenSavedCard, givenVaultFunctions } from './vault-functions.ts';
import type { Answer, VaultFunctions } from './vault-functions.ts';

const visa = { number: '4000056655665556', expMonth: 12, expYear: 2030, cvc: '917', holderName: 'Ada Lovelace' };
const describeWithServer = dynoxide === undefined ? describe.skip : describe;
let functions: VaultFunctions;

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body['code']]).toEqual([status, code]);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(problem.strict().safeParse(answer.body).success).toBe(true);
}

function openAsPaymentsDo(tokenId: string) {
  const { settings, dynamo } = functions;
  const vault = {
    tokens: dynamoTokenStore(dynamo.client, 'tokens'),
    cvcs: dynamoCvcStore(dynamo.client, 'cvcs'),
    dataKeys: kmsDataKeys(settings['VAULT_KEY_ARN'] ?? '', new KMSClient({})),
  };
  return openCard(vault, { tokenId, now: new Date() });
}

describeWithServer(`the token functions${dynoxide === undefined ? ' (no dynoxide for this machine)' : ''}`, () => {
  beforeAll(async () => {
    functions = await givenVaultFunctions();
  });
  afterAll(() => functions.close());

  test('answer the encryption key to anybody, for pages to keep for five minutes', async () => {
    const answer = await functions.call('get-encryption-key');
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=300');
    expect(answer.body).toMatchObject({ kty: 'RSA', use: 'enc', alg: 'RSA-OAEP-256', kid: 'k1' });
  });

  test('replace a card by a token that tells no more than the contract says', async () => {
    const body = { card: await encrypted(functions, visa) };
    const answer = await functions.call('create-token', { body });
    expect(answer.status).toBe(201);
    expect(tokenRoutes.createToken.answers[201].schema.strict().parse(answer.body)).toMatchObject({
      object: 'token',
      brand: 'visa',
      funding: 'debit',
      bin: '400005',
      last4: '5556',
      expMonth: 12,
      expYear: 2030,
      version: 1,
    });
  });

  test('keep a card so that payments can open it, its security code once', async () => {
    const { id } = await givenSavedCard(functions, visa);
    expect(await openAsPaymentsDo(id)).toEqual({ kind: 'opened', card: visa });
    const { cvc: _cvc, ...withoutCode } = visa;
    expect(await openAsPaymentsDo(id)).toEqual({ kind: 'opened', card: withoutCode });
  });

  test('take a fresh security code for a saved card', async () => {
    const { id } = await givenSavedCard(functions, visa);
    const answer = await functions.call('refresh-cvc', {
      id,
      body: { card: await encrypted(functions, { cvc: '246' }) },
    });
    expect([answer.status, answer.body]).toEqual([204, {}]);
    expect(await openAsPaymentsDo(id)).toEqual({ kind: 'opened', card: { ...visa, cvc: '246' } });
  });

  test('take an envelope once, of several at once and ever after', async () => {
    const body = { card: await encrypted(functions, visa) };
    const answers = await Promise.all(Array.from({ length: 6 }, () => functions.call('create-token', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422, 422, 422]);
    expectProblem(await functions.call('create-token', { body }), 422, 'invalid_envelope');
    expectProblem(await functions.call('create-token', { body, caller: 'bob' }), 422, 'invalid_envelope');
  });

  test.each([
    ['an empty one', () => ''],
    ['nonsense', () => 'nonsense'],
    ['one with a changed tag', (jwe: string) => `${jwe.slice(0, -2)}${jwe.endsWith('AA') ? 'BA' : 'AA'}`],
    ['one with a changed key', (jwe: string) => jwe.replace(/\.(.)/u, (_all, first) => (first === 'B' ? '.C' : '.B'))],
    ['one that is too long', (jwe: string) => jwe + 'A'.repeat(8000)],
  ])('answer every bad envelope alike: %s', async (_name, change) => {
    const answer = await functions.call('create-token', { body: { card: change(await encrypted(functions, visa)) } });
    expectProblem(answer, 422, 'invalid_envelope');
    const nonsense = await functions.call('create-token', { body: { card: 'another' } });
    expect(answer.body).toEqual(nonsense.body);
  });

  test('refuse an envelope of ten minutes ago', async () => {
    const card = await encrypted(functions, visa, new Date(Date.now() - 601_000));
    expectProblem(await functions.call('create-token', { body: { card } }), 422, 'invalid_envelope');
  });

  test.each([
    ['card_number_invalid', { ...visa, number: '4242424242424241' }],
    ['card_brand_unknown', { ...visa, number: '9999999999999995' }],
    ['card_expired', { ...visa, expYear: 2020 }],
    ['cvc_invalid', { ...visa, cvc: '12' }],
    ['card_invalid', { ...visa, holderName: '' }],
  ])('refuse a card with %s', async (code, card) => {
    const answer = await functions.call('create-token', { body: { card: await encrypted(functions, card) } });
    expectProblem(answer, 422, code);
    expect(JSON.stringify(answer.body)).not.toContain(card.number);
  });

  test('refuse bodies that are not what the contract says', async () => {
    const call = (rawBody: string) => functions.call('create-token', { rawBody });
    expectProblem(await call('{'), 400, 'invalid_json');
    expectProblem(await call('{}'), 400, 'invalid_request');
    expectProblem(await call('{"card":1}'), 400, 'invalid_request');
    expectProblem(await call('{"card":"a","number":"4242424242424242"}'), 400, 'invalid_request');
    expectProblem(await call(JSON.stringify({ card: 'A'.repeat(70_000) })), 413, 'body_too_large');
  });

  test("show, list and delete the caller's tokens alone: a stranger's are not there", async () => {
    const mine = await givenSavedCard(functions, visa, 'carol');
    const theirs = await givenSavedCard(functions, visa, 'dave');
    const call = (name: 'get-token' | 'delete-token', id: string) => functions.call(name, { caller: 'carol', id });
    expect(await call('get-token', mine.id)).toMatchObject({ status: 200, body: mine });
    expectProblem(await call('get-token', theirs.id), 404, 'token_not_found');
    expectProblem(await call('get-token', `tok_${'0'.repeat(26)}`), 404, 'token_not_found');
    expectProblem(await call('delete-token', theirs.id), 404, 'token_not_found');
    const card = await encrypted(functions, { cvc: '123' });
    const refreshed = await functions.call('refresh-cvc', { caller: 'carol', id: theirs.id, body: { card } });
    expectProblem(refreshed, 404, 'token_not_found');
    expect((await functions.call('list-tokens', { caller: 'carol' })).body).toEqual({ data: [mine], nextCursor: null });
    expect(await call('delete-token', mine.id)).toMatchObject({ status: 204 });
    expectProblem(await call('get-token', mine.id), 404, 'token_not_found');
    expectProblem(await call('delete-token', mine.id), 404, 'token_not_found');
    expect((await functions.call('list-tokens', { caller: 'carol' })).body).toEqual({ data: [], nextCursor: null });
    expect((await functions.call('get-token', { caller: 'dave', id: theirs.id })).status).toBe(200);
  });

  test('list page by page, and refuse a cursor that is not of this list', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.unshift((await givenSavedCard(functions, visa, 'erin')).id);
    const list = (query: Record<string, string>, caller = 'erin') => functions.call('list-tokens', { caller, query });
    const first = await list({ limit: '2' });
    const cursor = String(first.body['nextCursor']);
    const second = await list({ limit: '2', cursor });
    expect(
      [first, second].flatMap(({ body }) => (body['data'] as { id: string }[]).map(({ id }) => id)).sort(),
    ).toEqual(ids.sort());
    expect(second.body['nextCursor']).toBeNull();
    expectProblem(await list({ cursor: `${cursor}x` }), 400, 'invalid_cursor');
    expectProblem(await list({ cursor }, 'dave'), 400, 'invalid_cursor');
    expectProblem(await list({ limit: '101' }), 400, 'invalid_request');
  });

  test('limit the cards of one BIN that a caller tokenizes in an hour', async () => {
    const at = new Date();
    const answers: number[] = [];
    for (let index = 0; index < 51; index += 1) {
      const body = { card: await encrypted(functions, visa) };
      answers.push((await functions.call('create-token', { caller: 'frank', body, at })).status);
    }
    expect(answers.slice(0, 50).every((status) => status === 201)).toBe(true);
    expect(answers[50]).toBe(429);
  });

  test('leave no number, code or name in any table or log line, in no form', async () => {
    const secrets = [...formsOf(visa.number), ...formsOf(visa.holderName), ...formsOf('4242424242424241')];
    const tables = [await functions.dynamo.items('tokens'), await functions.dynamo.items('cvcs')];
    expect(tables.every((items) => items.length > 0)).toBe(true);
    expect(functions.logged.length).toBeGreaterThan(30);
    const forms = (_key: string, value: unknown): unknown =>
      value instanceof Uint8Array
        ? ['latin1' as const, 'hex' as const, 'base64' as const].map((form) => Buffer.from(value).toString(form))
        : value;
    const kept = JSON.stringify([tables, await functions.dynamo.items('guards'), functions.logged], forms);
    expect(secrets.filter((secret) => kept.includes(secret))).toEqual([]);
    const logged = JSON.stringify(functions.logged);
    expect(['"917"', '"246"', '"cvc', 'eyJ'].filter((trace) => logged.includes(trace))).toEqual([]);
  });
});
