import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createThrottle } from '../../../local/http-api/throttle.ts';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { ApiWorld, ApiWorldOptions } from './api-world.ts';
import { bearer, givenApi } from './api-world.ts';

let world: ApiWorld | undefined;

async function given(options: ApiWorldOptions): Promise<ApiWorld> {
  world = await givenApi(options);
  return world;
}

afterEach(async () => {
  await world?.close();
  world = undefined;
});

const message = (text: string) => JSON.stringify({ message: text });

describe('what API Gateway answers itself', () => {
  test('no route is a 404, malformed encoding a 400', async () => {
    const { send, calls } = await given({ routes: ['GET /known'] });
    expect(await send('/unknown')).toMatchObject({ status: 404, body: message('Not Found') });
    expect(await send('/known', { method: 'POST' })).toMatchObject({ status: 404 });
    expect(await send('/%zz')).toMatchObject({ status: 400, body: message('Bad Request') });
    expect(calls).toHaveLength(0);
  });

  test('a body over 10 MB is a 413, announced or not; 10 MB pass', async () => {
    const { send, lastEvent, calls } = await given({ routes: ['POST /'] });
    const limit = 10 * 1024 * 1024;
    const headers = { 'content-type': 'text/plain' };
    expect((await send('/', { method: 'POST', headers, body: Buffer.alloc(limit, 'x') })).status).toBe(200);
    expect(lastEvent()['body']).toHaveLength(limit);
    const tooLarge = { status: 413, body: message('Request Entity Too Large') };
    expect(await send('/', { method: 'POST', headers, body: Buffer.alloc(limit + 1) })).toMatchObject(tooLarge);
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    expect(await send('/', { method: 'POST', headers: chunked, body: Buffer.alloc(limit + 1) })).toMatchObject(
      tooLarge,
    );
    expect(calls).toHaveLength(1);
  });

  test('a head over 10 KB in total is a 431', async () => {
    const { send, calls } = await given({ routes: ['GET /'] });
    const headers = (bytes: number) => ({ headers: { first: 'x'.repeat(bytes / 2), second: 'y'.repeat(bytes / 2) } });
    expect((await send('/', headers(10_000))).status).toBe(200);
    expect(await send('/', headers(10_240))).toMatchObject({
      status: 431,
      body: message('Request Header Fields Too Large'),
    });
    expect((await send(`/?${'q'.repeat(10_240)}`)).status).toBe(431);
    expect(calls).toHaveLength(1);
  });

  test('a function that fails, may not be called or cannot be called is a 500', async () => {
    const outcomes: (() => Promise<never> | Promise<Record<string, string | number>>)[] = [
      () =>
        Promise.resolve({
          StatusCode: 200,
          FunctionError: 'Unhandled',
          Payload: '{"errorType":"Error","errorMessage":"secret"}',
        }),
      () => Promise.reject(new AwsError('AccessDeniedException', 'no', 403)),
      () => Promise.reject(new AwsError('ServiceException', 'broken', 500)),
      () => Promise.reject(new Error('bug')),
    ];
    const { send } = await given({
      routes: ['GET /'],
      invoke: () => (outcomes.shift() ?? (() => Promise.resolve({})))(),
    });
    for (let left = outcomes.length; left > 0; left -= 1) {
      expect(await send('/')).toMatchObject({ status: 500, body: message('Internal Server Error') });
    }
  });

  test('a throttled function is a 503, an event too large for it a 413', async () => {
    const codes = ['TooManyRequestsException', 'RequestTooLargeException'];
    const { send } = await given({
      routes: ['GET /'],
      invoke: () => Promise.reject(new AwsError(codes.shift() ?? '', '', 429)),
    });
    expect(await send('/')).toMatchObject({ status: 503, body: message('Service Unavailable') });
    expect(await send('/')).toMatchObject({ status: 413, body: message('Request Entity Too Large') });
  });

  test("a function that takes longer than its route's integration is a 503", async () => {
    const { send, api } = await given({
      routes: [{ key: 'GET /', integration: { TimeoutInMillis: 60 } }],
      invoke: () => new Promise(() => undefined),
    });
    const answer = send('/');
    expect(await answer).toMatchObject({ status: 503, body: message('Service Unavailable') });
    expect(api.busy()).toBe(false);
  });
});

describe('throttling', () => {
  const stage = { DefaultRouteSettings: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2 } };

  test('a route over its rate is a 429, whatever the clock does; others have buckets of their own', async () => {
    const { send, clock } = await given({
      routes: ['GET /a', 'GET /b', 'GET /closed'],
      stage: { ...stage, RouteSettings: { 'GET /closed': { ThrottlingBurstLimit: 0 } } },
    });
    const statuses = async (path: string) => [
      (await send(path)).status,
      (await send(path)).status,
      (await send(path)).status,
    ];
    expect(await statuses('/a')).toEqual([200, 200, 429]);
    await clock.advance(86_400_000, () => Promise.resolve());
    expect(await send('/a')).toMatchObject({ status: 429, body: message('Too Many Requests') });
    expect(await statuses('/b')).toEqual([200, 200, 429]);
    expect(await statuses('/closed')).toEqual([429, 429, 429]);
  });

  test('a bucket fills at its rate up to its burst', () => {
    let now = 0;
    const throttle = createThrottle(
      {
        name: '$default',
        throttling: { requestsPerSecond: 10, burst: 3 },
        routeThrottling: {},
        accessLogFormat: undefined,
        variables: undefined,
      },
      () => now,
    );
    const taken = () => Array.from({ length: 5 }, () => throttle('GET /')).filter(Boolean).length;
    expect(taken()).toBe(3);
    now += 100;
    expect(taken()).toBe(1);
    now += 3_600_000;
    expect(taken()).toBe(3);
  });
});

describe('CORS', () => {
  const cors = {
    ...{
      AllowOrigins: ['*'],
      AllowMethods: ['GET', 'POST'],
      AllowHeaders: ['authorization'],
      ExposeHeaders: ['location'],
    },
    MaxAge: 3600,
  };
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'GET' },
  });

  test('a preflight is answered without route, token or function', async () => {
    const { send, calls } = await given({ routes: [{ key: 'GET /', closed: true }], api: { CorsConfiguration: cors } });
    const { status, headers } = await send('/anything', preflight('https://shop.example'));
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization',
      'access-control-expose-headers': 'location',
      'access-control-max-age': '3600',
    });
    expect(calls).toHaveLength(0);
  });

  test('every answer to a page gets the headers, refusals too; those of the function are dropped', async () => {
    const { send } = await given({
      routes: ['GET /', { key: 'GET /closed', closed: true }],
      api: { CorsConfiguration: cors },
      answer: () => ({
        statusCode: 200,
        headers: { 'Access-Control-Allow-Origin': 'https://evil.example', 'access-control-allow-credentials': 'true' },
      }),
    });
    const origin = { headers: { origin: 'https://shop.example' } };
    for (const path of ['/', '/closed', '/missing'])
      expect((await send(path, origin)).headers['access-control-allow-origin']).toBe('*');
    expect((await send('/', origin)).headers['access-control-allow-credentials']).toBeUndefined();
    expect((await send('/')).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('a listed origin is echoed, with its wildcard; another gets nothing', async () => {
    const { send } = await given({
      routes: ['GET /'],
      api: {
        CorsConfiguration: {
          ...cors,
          AllowOrigins: ['https://shop.example', 'https://*.page.example'],
          AllowCredentials: true,
        },
      },
    });
    const allowed = async (origin: string) =>
      (await send('/', { headers: { origin } })).headers['access-control-allow-origin'];
    expect(await allowed('https://shop.example')).toBe('https://shop.example');
    expect(await allowed('https://a.page.example')).toBe('https://a.page.example');
    expect(await allowed('https://page.example')).toBeUndefined();
    expect(await allowed('https://shop.example.evil')).toBeUndefined();
    const refused = await send('/', preflight('https://evil.example'));
    expect([refused.status, refused.headers['access-control-allow-methods']]).toEqual([204, undefined]);
    expect((await send('/', preflight('https://shop.example'))).headers).toMatchObject({
      vary: 'Origin',
      'access-control-allow-credentials': 'true',
    });
  });

  test('without a configuration OPTIONS is a method as any other', async () => {
    const { send } = await given({
      routes: ['OPTIONS /'],
      answer: () => ({ statusCode: 200, headers: { 'access-control-allow-origin': 'own' } }),
    });
    expect(await send('/', preflight('https://shop.example'))).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': 'own' },
    });
  });
});

describe('access logs', () => {
  const format = JSON.stringify({
    requestId: '$context.requestId',
    routeKey: '$context.routeKey',
    status: '$context.status',
    clientId: '$context.authorizer.claims.client_id',
    integrationStatus: '$context.integration.integrationStatus',
    agent: '$context.identity.userAgent',
    error: '$context.error.message',
    body: '$context.body',
    header: '$context.identity.authorization',
  });

  test('one line a request, in the format of the stage, without body and token', async () => {
    const made = await given({
      routes: [{ key: 'POST /', closed: true }],
      stage: { AccessLogSettings: { DestinationArn: 'arn', Format: format } },
    });
    const token = await made.token();
    const { headers } = await made.send('/', {
      method: 'POST',
      body: 'number 4242424242424242',
      headers: { ...bearer(token).headers, 'user-agent': 'agent "quoted"' },
    });
    await made.send('/', { method: 'POST' });
    await made.send('/missing');
    await made.api.close();
    const written = readFileSync(join(made.dataDir, 'logs', 'api-access.log'), 'utf8');
    expect(written).not.toContain('4242');
    expect(written).not.toContain(token.slice(0, 20));
    expect(written.trimEnd().split('\n')).toEqual(made.accessLog);
    expect(made.accessLog.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        ...{
          requestId: headers['apigw-requestid'],
          routeKey: 'POST /',
          status: '200',
          clientId: 'client1',
          integrationStatus: '200',
        },
        ...{ agent: 'agent "quoted"', error: '-', body: '-', header: '-' },
      },
      expect.objectContaining({ routeKey: 'POST /', status: '401', clientId: '-', error: 'Unauthorized' }),
      expect.objectContaining({ routeKey: '-', status: '404', error: 'Not Found' }),
    ]);
  });
});

describe('templates that are not served', () => {
  test('are refused at start by the name of the resource', async () => {
    const refuse = (options: Partial<ApiWorldOptions>) =>
      given({ routes: ['GET /'], ...options }).then(
        () => 'taken',
        (error: unknown) => String(error),
      );
    expect(await refuse({ api: { ProtocolType: 'WEBSOCKET' } })).toContain('only HTTP APIs');
    expect(await refuse({ stage: { StageName: 'test' } })).toContain('$default');
    expect(await refuse({ routes: [{ key: 'GET /', integration: { PayloadFormatVersion: '1.0' } }] })).toContain(
      'Integration0',
    );
    expect(await refuse({ routes: [{ key: 'GET /', integration: { IntegrationType: 'HTTP_PROXY' } }] })).toContain(
      'Lambda proxy',
    );
    expect(
      await refuse({ routes: [{ key: 'GET /', closed: true }], authorizer: { AuthorizerType: 'REQUEST' } }),
    ).toContain('JWT');
    const JwtConfiguration = { Issuer: 'https://elsewhere.example', Audience: ['x'] };
    expect(await refuse({ routes: [{ key: 'GET /', closed: true }], authorizer: { JwtConfiguration } })).toContain(
      'no user pool',
    );
  });
});
