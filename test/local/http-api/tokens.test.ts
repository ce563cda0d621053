import { createHmac, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SignJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import type { ApiWorld, ApiWorldOptions } from './api-world.ts';
import { bearer, clientId, givenApi, issuer, poolId } from './api-world.ts';

let world: ApiWorld | undefined;

async function given(options: Partial<ApiWorldOptions> = {}): Promise<ApiWorld> {
  world = await givenApi({
    routes: [
      { key: 'GET /', scopes: ['payments/read', 'operations/read'] },
      { key: 'GET /any', closed: true },
    ],
    ...options,
  });
  return world;
}

afterEach(async () => {
  await world?.close();
  world = undefined;
});

const unauthorized = { status: 401, body: '{"message":"Unauthorized"}' };
const challengeOf = (description: string) => `Bearer scope="" error="invalid_token" error_description="${description}"`;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs claims with the pool's own key, as only the pool can. */
async function signed(
  { dataDir, userPools, clock }: ApiWorld,
  changes: Record<string, unknown>,
  header: { alg?: string; kid?: string } = {},
): Promise<string> {
  const { signingKey } = JSON.parse(readFileSync(join(dataDir, 'user-pool', `${poolId}.json`), 'utf8')) as {
    signingKey: Record<string, string>;
  };
  const now = Math.floor(clock.now() / 1000);
  const claims = {
    sub: clientId,
    client_id: clientId,
    iss: issuer,
    iat: now - 10,
    exp: now + 600,
    scope: 'payments/read',
    ...changes,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: userPools.publicKey(issuer)?.kid ?? '', ...header })
    .sign(createPrivateKey({ key: signingKey, format: 'jwk' }));
}

describe('tokens', () => {
  test('a good token passes, with or without the word Bearer', async () => {
    const { send, token } = await given();
    const good = await token(['payments/read']);
    for (const authorization of [`Bearer ${good}`, `bearer ${good}`, good]) {
      expect((await send('/', { headers: { authorization } })).status).toBe(200);
    }
  });

  test('no token is a 401 that says what is wanted', async () => {
    const { send, calls } = await given();
    expect(await send('/')).toMatchObject({ ...unauthorized, headers: { 'www-authenticate': 'Bearer' } });
    expect(await send('/', { headers: { authorization: 'Bearer ' } })).toMatchObject({
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect(calls).toHaveLength(0);
  });

  test('any one scope of the route is enough; none of them is a 403', async () => {
    const { send, token } = await given();
    expect((await send('/', bearer(await token(['x/y', 'operations/read'])))).status).toBe(200);
    const refused = await send('/', bearer(await token(['payments/create'])));
    expect(refused).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(refused.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect((await send('/any', bearer(await token()))).status).toBe(200);
  });

  test('an expired token is refused by the clock, remembered or not', async () => {
    const { send, token, clock } = await given();
    const short = await token(['payments/read'], 300);
    const unseen = await token(['payments/read'], 300);
    expect((await send('/', bearer(short))).status).toBe(200);
    await clock.advance(301_000, () => Promise.resolve());
    for (const each of [short, unseen]) {
      expect(await send('/', bearer(each))).toMatchObject({
        ...unauthorized,
        headers: { 'www-authenticate': challengeOf('the token has expired') },
      });
    }
  });

  test('forged, broken and confused tokens are refused', async () => {
    const made = await given();
    const good = await made.token(['payments/read']);
    const [head = '', claims = '', signature = ''] = good.split('.');
    const { kid } = decodeProtectedHeader(good);
    const publicKey = made.userPools.publicKey(issuer)?.publicKey.export({ format: 'pem', type: 'spki' }) ?? '';
    const forger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const hmacHead = encode({ alg: 'HS256', kid });
    const tampered = encode({ ...decodeJwt(good), scope: 'operations/write' });
    const forgeries = {
      'another key': await new SignJWT(decodeJwt(good))
        .setProtectedHeader({ alg: 'RS256', kid: kid ?? '' })
        .sign(forger),
      'alg none': `${encode({ alg: 'none', kid })}.${claims}.`,
      'alg none with signature': `${encode({ alg: 'none', kid })}.${claims}.${signature}`,
      'HS256 with the public key': `${hmacHead}.${claims}.${createHmac('sha256', publicKey).update(`${hmacHead}.${claims}`).digest('base64url')}`,
      'changed claims': `${head}.${tampered}.${signature}`,
      'RS512 by the right key': await signed(made, {}, { alg: 'RS512' }),
      'PS256 by the right key': await signed(made, {}, { alg: 'PS256' }),
      'another key id': await signed(made, {}, { kid: 'other' }),
      'an unknown critical extension': `${encode({ alg: 'RS256', kid, crit: ['x'], x: 1 })}.${claims}.${signature}`,
      'no signature': `${head}.${claims}`,
      'a cut signature': good.slice(0, -4),
      nonsense: 'nonsense',
      'a header with an own key': `${encode({ alg: 'RS256', jwk: { kty: 'RSA' } })}.${claims}.${signature}`,
    };
    for (const [name, forgery] of Object.entries(forgeries)) {
      const answer = await made.send('/', bearer(forgery));
      expect([name, answer.status, answer.headers['www-authenticate']]).toEqual([
        name,
        401,
        challengeOf('the token is not valid'),
      ]);
    }
    expect(made.calls).toHaveLength(0);
  });

  test('claims decide: issuer, audience, expiry, not before, issued at', async () => {
    const made = await given();
    const now = Math.floor(made.clock.now() / 1000);
    const answer = async (changes: Record<string, unknown>) => {
      const { status, headers } = await made.send('/', bearer(await signed(made, changes)));
      return status === 401 ? /error_description="(.*)"/u.exec(headers['www-authenticate'] ?? '')?.[1] : status;
    };
    expect(await answer({})).toBe(200);
    expect(await answer({ iss: 'https://elsewhere.example' })).toBe('the token does not have a valid issuer');
    expect(await answer({ client_id: 'stranger' })).toBe('the token does not have a valid audience');
    expect(await answer({ client_id: undefined })).toBe('the token does not have a valid audience');
    // The audience decides when it is there, whatever the client id says.
    expect(await answer({ aud: 'stranger' })).toBe('the token does not have a valid audience');
    expect(await answer({ aud: ['stranger', 'client2'], client_id: 'stranger' })).toBe(200);
    expect(await answer({ exp: undefined })).toBe('the token is not valid');
    expect(await answer({ exp: 'never' })).toBe('the token is not valid');
    expect(await answer({ nbf: now + 100 })).toBe('the token is not valid yet');
    expect(await answer({ nbf: now - 100 })).toBe(200);
    expect(await answer({ iat: now + 100 })).toBe('the token was issued in the future');
    // As in AWS: what a token is for is the handler's to check.
    expect(await answer({ token_use: 'id' })).toBe(200);
  });

  test('scopes are read from scope or scp, as text or list', async () => {
    const made = await given();
    const status = async (changes: Record<string, unknown>) =>
      (await made.send('/', bearer(await signed(made, changes)))).status;
    expect(await status({ scope: undefined, scp: ['payments/read'] })).toBe(200);
    expect(await status({ scope: ['x', 'payments/read'] })).toBe(200);
    expect(await status({ scope: 'payments/read2 x' })).toBe(403);
    expect(await status({ scope: undefined })).toBe(403);
    expect(await status({ scope: { 'payments/read': true } })).toBe(403);
  });

  test('a token may be looked for in the query', async () => {
    const { send, token } = await given({ authorizer: { IdentitySource: ['$request.querystring.token'] } });
    const good = await token(['payments/read']);
    expect((await send(`/?token=${good}`)).status).toBe(200);
    expect((await send('/', bearer(good))).status).toBe(401);
  });
});
