import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { listenOnLoopback } from '../../../local/gateway/listen.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import { createFaults } from '../../../local/kernel/faults.ts';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import type { Store } from '../../../local/kernel/store.ts';
import { openStore } from '../../../local/kernel/store.ts';
import type { UserPools } from '../../../local/user-pool/user-pools.ts';
import { createUserPools } from '../../../local/user-pool/user-pools.ts';

const poolId = 'eu-central-1_abcdefghi';
const issuer = `https://cognito-idp.eu-central-1.amazonaws.com/${poolId}`;

const resource = (type: string, logicalId: string, physicalId: string, properties: JsonObject): Resource => ({
  ...{ stack: 'Data', logicalId, type: `AWS::Cognito::${type}`, physicalId, arn: physicalId, properties },
});
const machineClient = (changes: JsonObject = {}): Resource =>
  resource('UserPoolClient', 'PlatformClient', 'client1', {
    ...{ UserPoolId: poolId, ClientName: 'platform', GenerateSecret: true, AllowedOAuthFlowsUserPoolClient: true },
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['payments/create', 'payments/read'],
    ...changes,
  });
const pool = resource('UserPool', 'UserPool', poolId, {});
const domain = resource('UserPoolDomain', 'Domain', 'quittance', { UserPoolId: poolId, Domain: 'quittance' });
const server = resource('UserPoolResourceServer', 'Server', 'payments', {
  ...{ UserPoolId: poolId, Identifier: 'payments' },
  Scopes: ['create', 'read', 'manage'].map((ScopeName) => ({ ScopeName, ScopeDescription: ScopeName })),
});
const group = resource('UserPoolGroup', 'Buyers', 'buyers', { UserPoolId: poolId, GroupName: 'buyers' });
const personsClient = resource('UserPoolClient', 'Web', 'web', { UserPoolId: poolId, GenerateSecret: true });
const template = [pool, domain, server, group, machineClient(), personsClient];

let folder: string;
let store: Store;
let clock: Clock;
let url: string;
let close: () => Promise<void>;
let pools: UserPools;
const lines: string[] = [];

function open(resources: readonly Resource[]): UserPools {
  return createUserPools({
    ...{ resources, clock, store, dataDir: folder, region: 'eu-central-1', accountId: '000000000000' },
    faults: createFaults({ clock }),
    dispatch: () => Promise.reject(new Error('no calls')),
    log: (line) => lines.push(line),
    baseUrl: () => url,
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'user-pool-'));
  store = openStore(join(folder, 'store.db'));
  clock = createClock({ store });
  pools = open(template);
  ({ url, close } = await listenOnLoopback(
    createServer((request, response) => {
      pools.listener(request, response);
    }),
    0,
  ));
});

afterEach(async () => {
  await close();
  clock.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const secretOf = (clientId: string) =>
  pools.clients().find((client) => client.clientId === clientId)?.clientSecret ?? '';
const basic = (clientId: string, secret: string) => `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

async function post(form: Record<string, string> | string, headers: Record<string, string> = {}) {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const contentType = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    body,
    headers: { ...contentType, ...headers },
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

async function verify(token: unknown, at = new Date(clock.now())) {
  const keys = (await (await fetch(`${url}/${poolId}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
  return jwtVerify(token as string, createLocalJWKSet(keys), { issuer, currentDate: at, algorithms: ['RS256'] });
}

describe('POST /oauth2/token', () => {
  const grant = { grant_type: 'client_credentials' };

  test('a client gets a token by HTTP Basic, with all its scopes and the claims of Cognito', async () => {
    const { status, body, headers } = await post(grant, { authorization: basic('client1', secretOf('client1')) });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' });
    const { payload, protectedHeader } = await verify(body['access_token']);
    const now = Math.floor(clock.now() / 1000);
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: pools.publicKey(issuer)?.kid });
    expect(payload).toEqual({
      ...{ sub: 'client1', client_id: 'client1', token_use: 'access', version: 2, iss: issuer },
      scope: 'payments/create payments/read',
      jti: expect.stringMatching(/^[\da-f-]{36}$/u),
      ...{ auth_time: payload.iat, iat: expect.any(Number), exp: Number(payload.iat) + 3600 },
    });
    expect(Math.abs(Number(payload.iat) - now)).toBeLessThanOrEqual(5);
  });

  test('a client gets a token by parameters of the body, with the scopes it asks for', async () => {
    const { body } = await post({
      ...grant,
      client_id: 'client1',
      client_secret: secretOf('client1'),
      scope: 'payments/read',
    });
    expect((await verify(body['access_token'])).payload['scope']).toBe('payments/read');
  });

  test('a token expires by the clock', async () => {
    const { body } = await post(grant, { authorization: basic('client1', secretOf('client1')) });
    await clock.advance(3_590_000, () => Promise.resolve());
    await verify(body['access_token']);
    await clock.advance(20_000, () => Promise.resolve());
    await expect(verify(body['access_token'])).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    const fresh = await post(grant, { authorization: basic('client1', secretOf('client1')) });
    await verify(fresh.body['access_token']);
  });

  test('every refusal has the code of the standard', async () => {
    const good = { authorization: basic('client1', secretOf('client1')) };
    const refusals: [string, Awaited<ReturnType<typeof post>>][] = [
      ['invalid_client', await post(grant, { authorization: basic('client1', 'wrong') })],
      ['invalid_client', await post(grant, { authorization: basic('stranger', secretOf('client1')) })],
      ['invalid_client', await post({ ...grant, client_id: 'client1' })],
      ['invalid_request', await post(grant)],
      ['invalid_request', await post({}, good)],
      ['invalid_request', await post('grant_type=client_credentials&grant_type=client_credentials', good)],
      ['invalid_request', await post({ ...grant, client_id: 'client1', client_secret: secretOf('client1') }, good)],
      ['invalid_request', await post(grant, { authorization: 'Bearer token' })],
      ['invalid_request', await post(JSON.stringify(grant), { ...good, 'content-type': 'application/json' })],
      ['invalid_request', await post(`${new URLSearchParams(grant).toString()}&x=${'y'.repeat(20_000)}`, good)],
      ['unsupported_grant_type', await post({ grant_type: 'password' }, good)],
      ['invalid_grant', await post({ grant_type: 'authorization_code', code: 'x' }, good)],
      ['invalid_scope', await post({ ...grant, scope: 'payments/manage' }, good)],
      ['invalid_scope', await post({ ...grant, scope: 'payments/read nonsense' }, good)],
    ];
    for (const [code, { status, body }] of refusals) expect([status, body]).toEqual([400, { error: code }]);
    expect((await fetch(`${url}/oauth2/token`)).status).toBe(405);
  });

  test('a client without the flow, and a pool without a domain, get no token', async () => {
    const secrets = JSON.parse(readFileSync(join(folder, 'user-pool', `${poolId}.json`), 'utf8')) as {
      clientSecrets: Record<string, string>;
    };
    const authorization = basic('web', secrets.clientSecrets['web'] ?? '');
    expect((await post(grant, { authorization })).body).toEqual({ error: 'unauthorized_client' });
    pools = open(template.filter((each) => each !== domain));
    expect((await post(grant, { authorization: basic('client1', secretOf('client1')) })).body).toEqual({
      error: 'invalid_client',
    });
    expect(lines.at(-1)).toContain('no domain');
  });
});

describe('keys and secrets', () => {
  test('they are made once, for the owner alone, and a token of yesterday is still good', async () => {
    const token = await pools.issueAccessToken({ subject: 'client1', clientId: 'client1', scopes: [] });
    const clients = pools.clients();
    expect(clients).toEqual([
      {
        clientId: 'client1',
        clientSecret: expect.stringMatching(/^[\da-z]{48,52}$/u),
        scopes: ['payments/create', 'payments/read'],
        name: 'platform',
        poolId,
      },
    ]);
    pools = open([
      ...template,
      resource('UserPoolClient', 'Late', 'late', { ...machineClient().properties, ClientName: 'late' }),
    ]);
    expect(pools.clients().find(({ clientId }) => clientId === 'client1')).toEqual(clients[0]);
    expect(secretOf('late')).not.toBe('');
    await verify(token);
    const directory = join(folder, 'user-pool');
    expect(readdirSync(directory)).toEqual([`${poolId}.json`]);
    expect(statSync(join(directory, `${poolId}.json`)).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test('the published key set holds no private part', async () => {
    const { keys } = (await (await fetch(`${url}/${poolId}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
  });

  test('the configuration names issuer, keys and token endpoint; other paths are not ours', async () => {
    const configuration = (await (await fetch(`${url}/${poolId}/.well-known/openid-configuration`)).json()) as object;
    expect(configuration).toMatchObject({
      issuer,
      jwks_uri: `${url}/${poolId}/.well-known/jwks.json`,
      token_endpoint: `${url}/oauth2/token`,
    });
    expect(pools.serves(`/${poolId}/.well-known/jwks.json`)).toBe(true);
    expect(pools.serves('/oauth2/token')).toBe(true);
    expect(pools.serves('/eu-central-1_another/.well-known/jwks.json')).toBe(false);
    expect((await fetch(`${url}/v1/payments`)).status).toBe(404);
    expect(pools.publicKey('https://elsewhere.example')).toBeUndefined();
    expect(pools.groups()).toEqual(['buyers']);
  });

  test("a person's token says who and in which groups", async () => {
    const token = await pools.issueAccessToken({
      poolId,
      subject: 'user-1',
      clientId: 'web',
      scopes: ['payments/read'],
      groups: ['buyers'],
      expiresInSeconds: 60,
    });
    const { payload } = await verify(token);
    expect(payload).toMatchObject({
      sub: 'user-1',
      username: 'user-1',
      client_id: 'web',
      'cognito:groups': ['buyers'],
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(60);
    expect(decodeProtectedHeader(token).alg).toBe('RS256');
    await expect(pools.issueAccessToken({ poolId: 'none', subject: 'a', clientId: 'a', scopes: [] })).rejects.toThrow(
      'none',
    );
  });
});

describe('templates that AWS would refuse', () => {
  test('are refused at start by the name of the client', () => {
    expect(() => open([pool, domain, server, machineClient({ AllowedOAuthScopes: ['payments/void'] })])).toThrow(
      'payments/void',
    );
    expect(() => open([pool, domain, server, machineClient({ GenerateSecret: false })])).toThrow('needs a secret');
    expect(() =>
      open([
        pool,
        domain,
        server,
        machineClient({ AccessTokenValidity: 2, TokenValidityUnits: { AccessToken: 'days' } }),
      ]),
    ).toThrow('five minutes to one day');
  });

  test('validity is read in its unit, hours unless told otherwise', async () => {
    pools = open([pool, domain, server, machineClient({ AccessTokenValidity: 2 })]);
    const { body } = await post(
      { grant_type: 'client_credentials' },
      { authorization: basic('client1', secretOf('client1')) },
    );
    expect(body['expires_in']).toBe(7200);
    pools = open([
      pool,
      domain,
      server,
      machineClient({ AccessTokenValidity: 60, TokenValidityUnits: { AccessToken: 'minutes' } }),
    ]);
    expect(
      (await post({ grant_type: 'client_credentials' }, { authorization: basic('client1', secretOf('client1')) })).body[
        'expires_in'
      ],
    ).toBe(3600);
  });
});
