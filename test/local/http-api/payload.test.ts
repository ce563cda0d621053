import { afterEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import type { ApiWorld, ApiWorldOptions } from './api-world.ts';
import { accountId, apiId, clientId, functionArn, givenApi, issuer, region } from './api-world.ts';

let world: ApiWorld | undefined;

async function given(options: ApiWorldOptions): Promise<ApiWorld> {
  world = await givenApi(options);
  return world;
}

afterEach(async () => {
  await world?.close();
  world = undefined;
});

describe('the event of a function', () => {
  test('it has the shape of the documentation, payload format 2.0', async () => {
    const made = await given({
      routes: [{ key: 'POST /my/{id}', scopes: ['scope1', 'other/x'] }],
      stage: { StageVariables: { stageVariable1: 'value1' } },
    });
    const token = await made.token(['scope1', 'scope2']);
    await made.send('/my/p%C3%A4th?parameter1=value1&parameter1=value2&parameter2=a+b%26&empty', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json; charset=utf-8',
        cookie: 'cookie1=a; cookie2=b',
        header1: 'value1',
        Header2: ['value1', 'value2'],
        'user-agent': 'agent',
      },
      body: '{"hello":"wörld"}',
    });
    const event = made.lastEvent() as unknown as APIGatewayProxyEventV2WithJWTAuthorizer;
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /my/{id}',
      rawPath: '/my/p%C3%A4th',
      rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=a+b%26&empty',
      cookies: ['cookie1=a', 'cookie2=b'],
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json; charset=utf-8',
        'content-length': '18',
        connection: expect.any(String),
        header1: 'value1',
        header2: 'value1,value2',
        host: new URL(made.url).host,
        'user-agent': 'agent',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': new URL(made.url).port,
        'x-forwarded-proto': 'http',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/u),
      },
      queryStringParameters: { parameter1: 'value1,value2', parameter2: 'a b&', empty: '' },
      requestContext: {
        accountId,
        apiId,
        authorizer: {
          jwt: {
            claims: {
              ...{
                sub: clientId,
                client_id: clientId,
                iss: issuer,
                token_use: 'access',
                version: '2',
                scope: 'scope1 scope2',
              },
              ...{ exp: expect.stringMatching(/^\d{10}$/u), iat: expect.stringMatching(/^\d{10}$/u) },
              ...{ auth_time: expect.stringMatching(/^\d{10}$/u), jti: expect.any(String) },
            },
            scopes: ['scope1', 'scope2'],
          },
        },
        domainName: '127.0.0.1',
        domainPrefix: '127',
        http: {
          method: 'POST',
          path: '/my/p%C3%A4th',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'agent',
        },
        requestId: expect.stringMatching(/^[\w-]{15}=$/u),
        routeKey: 'POST /my/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/u),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { id: 'päth' },
      stageVariables: { stageVariable1: 'value1' },
      body: '{"hello":"wörld"}',
      isBase64Encoded: false,
    });
    expect(Math.abs(event.requestContext.timeEpoch - made.clock.now())).toBeLessThan(5_000);
  });

  test('what is not there is left out, and an open route has no authorizer', async () => {
    const { send, lastEvent } = await given({ routes: ['GET /open'] });
    await send('/open');
    const event = lastEvent();
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'body', 'stageVariables'])
      expect(event).not.toHaveProperty(absent);
    expect(event.requestContext).not.toHaveProperty('authorizer');
    expect(event).toMatchObject({
      rawQueryString: '',
      isBase64Encoded: false,
      requestContext: { http: { userAgent: '' } },
    });
  });

  test('claims are strings: lists in brackets; a route without scopes passes none on', async () => {
    const { send, lastEvent, userPools } = await given({ routes: [{ key: 'GET /', closed: true }] });
    const token = await userPools.issueAccessToken({
      subject: 'person',
      clientId,
      scopes: ['a/b'],
      groups: ['buyers', 'sellers'],
    });
    await send('/', { headers: { authorization: token } });
    expect(lastEvent().requestContext['authorizer']).toMatchObject({
      jwt: { claims: { 'cognito:groups': '[buyers sellers]', scope: 'a/b', username: 'person' }, scopes: null },
    });
  });

  test('only text, JSON, XML and JavaScript are handed on as text', async () => {
    const { send, lastEvent } = await given({ routes: ['POST /'] });
    const bodyFor = async (contentType: string | undefined, body: string | Buffer) => {
      await send('/', {
        method: 'POST',
        body,
        headers: { ...(contentType !== undefined && { 'content-type': contentType }) },
      });
      return [lastEvent()['body'], lastEvent()['isBase64Encoded']];
    };
    for (const type of [
      'text/plain',
      'text/csv; charset=utf-8',
      'application/json',
      'application/xml',
      'APPLICATION/JavaScript',
    ]) {
      expect(await bodyFor(type, 'téxt')).toEqual(['téxt', false]);
    }
    const base64 = Buffer.from('téxt').toString('base64');
    for (const type of [
      undefined,
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      'application/problem+json',
    ]) {
      expect(await bodyFor(type, 'téxt')).toEqual([base64, true]);
    }
    const bytes = Buffer.from([0x7b, 0xff, 0xfe]);
    expect(await bodyFor('application/json', bytes)).toEqual([bytes.toString('base64'), true]);
  });

  test('a proxy before us is named, and the function is called under the right of its route', async () => {
    const { send, lastEvent, calls } = await given({ routes: ['GET /v1/payments/{id}', '$default'] });
    await send('/v1/payments/1', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(lastEvent().headers['x-forwarded-for']).toBe('203.0.113.7, 127.0.0.1');
    await send('/elsewhere');
    const stageArn = `arn:aws:execute-api:${region}:${accountId}:${apiId}/$default`;
    expect(
      calls.map(({ operation, caller, input }) => [operation, caller, input['FunctionName'], input['InvocationType']]),
    ).toEqual([
      [
        'Invoke',
        { kind: 'service', principal: 'apigateway.amazonaws.com', sourceArn: `${stageArn}/GET/v1/payments/{id}` },
        functionArn(0),
        'RequestResponse',
      ],
      [
        'Invoke',
        { kind: 'service', principal: 'apigateway.amazonaws.com', sourceArn: `${stageArn}/$default` },
        functionArn(1),
        'RequestResponse',
      ],
    ]);
  });

  test('the function behind the path of the API of Lambda is found too', async () => {
    const integration = {
      IntegrationUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn(7)}/invocations`,
    };
    const { send, calls } = await given({ routes: [{ key: 'GET /', integration }] });
    await send('/');
    expect(calls[0]?.input['FunctionName']).toBe(functionArn(7));
  });
});

describe('the answer of a function', () => {
  test('a structured answer says everything itself', async () => {
    const { send } = await given({
      routes: ['GET /'],
      answer: () => ({
        statusCode: 201,
        headers: { 'Content-Type': 'application/json', 'X-Number': 7, location: '/v1/x', connection: 'close' },
        cookies: ['a=1', 'b=2; Secure'],
        body: '{"ä":1}',
      }),
    });
    const { status, headers, body } = await send('/');
    expect([status, body]).toEqual([201, '{"ä":1}']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-number': '7',
      location: '/v1/x',
      'content-length': '8',
      'set-cookie': ['a=1', 'b=2; Secure'],
    });
    expect(headers['apigw-requestid']).toMatch(/^[\w-]{15}=$/u);
  });

  test('base64 is decoded, and without a type the answer is text', async () => {
    const { send } = await given({
      routes: ['GET /'],
      answer: () => ({ statusCode: 200, body: Buffer.from('bytes').toString('base64'), isBase64Encoded: true }),
    });
    const { body, headers } = await send('/');
    expect([body, headers['content-type']]).toEqual(['bytes', 'text/plain;charset=UTF-8']);
  });

  test('an answer without a status is the body of a 200', async () => {
    const answers: unknown[] = ['Hello from Lambda!', { message: 'hi' }, [1, 2]];
    const { send } = await given({ routes: ['GET /'], answer: () => answers.shift() });
    for (const body of ['Hello from Lambda!', '{"message":"hi"}', '[1,2]']) {
      expect(await send('/')).toMatchObject({ status: 200, body, headers: { 'content-type': 'application/json' } });
    }
  });

  test('a 204 has no body and no length', async () => {
    const { send } = await given({ routes: ['DELETE /'], answer: () => ({ statusCode: 204 }) });
    const { status, headers, body } = await send('/', { method: 'DELETE' });
    expect([status, body, headers['content-length']]).toEqual([204, '', undefined]);
  });

  test('a malformed answer is a 500 of API Gateway', async () => {
    const answers: unknown[] = [
      { statusCode: 'ok' },
      { statusCode: 99 },
      { statusCode: 200, body: { not: 'text' } },
      { statusCode: 200, headers: { list: ['a'] } },
      { statusCode: 200, headers: { 'bad name': 'x' } },
      { statusCode: 200, headers: { injected: 'a\r\nset-cookie: b=1' } },
    ];
    const { send } = await given({ routes: ['GET /'], answer: () => answers.shift() });
    for (let left = answers.length; left > 0; left -= 1) {
      const answer = await send('/');
      expect(answer).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });
});
