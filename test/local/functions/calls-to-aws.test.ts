import { afterEach, describe, expect, test } from '@jest/globals';
import type { FunctionWorld, WorldOptions } from './function-world.ts';
import { givenFunctions } from './function-world.ts';

let world: FunctionWorld | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

describe.each([
  ['over connections', false],
  ['handed over without a connection', true],
])('calls to AWS, %s', (_, handsOver) => {
  async function given(options: WorldOptions): Promise<FunctionWorld> {
    world = await givenFunctions({ handsOver, ...options });
    return world;
  }

  const readItem = `
    import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
    const client = new DynamoDBClient();
    export const handler = async (event: any, context: any) => {
      const { Item } = await client.send(new GetItemCommand({ TableName: 'Payments', Key: { pk: { S: event.id } } }));
      return { Item, requestId: context.awsRequestId };
    };`;

  test("an SDK client in a bundle calls with its role's credentials and the id of its invocation, not signed", async () => {
    const { invoke, received } = await given({
      bundles: { readItem },
      answerRequest: () => JSON.stringify({ Item: { pk: { S: 'pay_1' } } }),
    });
    const { payload } = await invoke('readItem', { id: 'pay_1' });
    const { Item, requestId } = payload as { Item: unknown; requestId: string };
    expect(Item).toEqual({ pk: { S: 'pay_1' } });
    expect(received).toHaveLength(1);
    const [{ headers, body }] = received as [FunctionWorld['received'][number]];
    expect(headers['x-amz-target']).toBe('DynamoDB_20120810.GetItem');
    expect(headers['x-quittance-invocation']).toBe(requestId);
    expect(headers.authorization).toContain('Credential=AKIDreadItemRole/');
    expect(headers.authorization).not.toContain('x-quittance-invocation');
    expect(headers['x-amz-security-token']).toContain('readItemRole');
    expect(JSON.parse(body)).toEqual({ TableName: 'Payments', Key: { pk: { S: 'pay_1' } } });
  });

  test('an answer that is refused is the error of its name', async () => {
    const { invoke } = await given({
      bundles: {
        refused: `
          import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
          const client = new DynamoDBClient();
          export const handler = async () => {
            try { await client.send(new GetItemCommand({ TableName: 'Payments', Key: { pk: { S: 'a' } } })); }
            catch (error: any) { return [error.name, error.$metadata.httpStatusCode]; }
          };`,
      },
      respond: () =>
        Promise.resolve({
          statusCode: 400,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: '{"__type":"ResourceNotFoundException","message":"no"}',
        }),
    });
    expect((await invoke('refused')).payload).toEqual(['ResourceNotFoundException', 400]);
  });

  test('many invocations at once keep their ids apart and share their connections', async () => {
    const { invoke, received } = await given({
      bundles: { readItem, readOther: readItem },
      answerRequest: ({ body }) =>
        JSON.stringify({ Item: { pk: (JSON.parse(body) as { Key: { pk: unknown } }).Key.pk } }),
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => invoke(index % 2 ? 'readItem' : 'readOther', { id: `pay_${index}` })),
    );
    for (const [index, { payload }] of answers.entries()) {
      const { Item, requestId } = payload as { Item: { pk: { S: string } }; requestId: string };
      expect(Item.pk.S).toBe(`pay_${index}`);
      const request = received.find(({ body }) => body.includes(`"pay_${index}"`));
      expect(request?.headers['x-quittance-invocation']).toBe(requestId);
    }
  });

  test('StartSyncExecution, whose host the SDK prefixes with sync-, reaches the endpoint', async () => {
    const { invoke, received } = await given({
      bundles: {
        start: `
          import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
          const client = new SFNClient();
          export const handler = async () => {
            const { status } = await client.send(new StartSyncExecutionCommand({ stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:pay' }));
            return status;
          };`,
      },
      answerRequest: () => JSON.stringify({ status: 'SUCCEEDED', executionArn: 'arn', startDate: 1, stopDate: 2 }),
    });
    expect(await invoke('start')).toMatchObject({ payload: 'SUCCEEDED' });
    expect(received[0]?.headers['x-amz-target']).toBe('AWSStepFunctions.StartSyncExecution');
    expect(received[0]?.headers.host).toMatch(/^sync-/u);
    expect(received[0]?.headers['x-quittance-invocation']).toBeDefined();
  });

  test('requests by node:http, its get and fetch carry the id; what goes elsewhere does not', async () => {
    const { invoke, received } = await given({
      bundles: {
        calling: `
          import http, { get } from 'node:http';
          import { once } from 'node:events';
          export const handler = async (event: any) => {
            const url = process.env.AWS_ENDPOINT_URL!;
            const drain = async (request: any) => { request.end?.(); const [response] = await once(request, 'response'); response.resume(); await once(response, 'end'); };
            await drain(http.request(url + '/request'));
            await drain(http.request({ host: 'sync-localhost', port: new URL(url).port, path: '/options', headers: ['host', 'sync-localhost', 'x-listed', 'yes'] }));
            await drain(get(url + '/get'));
            await (await fetch(url + '/fetch')).text();
            await (await fetch(new Request(url + '/request-object', { method: 'POST', body: 'text', headers: { 'x-own': '1' } }))).text();
            const server = http.createServer((request, response) => response.end(JSON.stringify(request.headers)));
            await once(server.listen(0, '127.0.0.1'), 'listening');
            const elsewhere = await (await fetch('http://127.0.0.1:' + (server.address() as any).port)).json();
            server.close();
            server.closeAllConnections();
            return elsewhere;
          };`,
      },
    });
    const { payload } = await invoke('calling');
    expect(payload).not.toHaveProperty('x-quittance-invocation');
    expect(payload).toHaveProperty('host');
    expect(received.map(({ url }) => url)).toEqual(['/request', '/options', '/get', '/fetch', '/request-object']);
    const ids = new Set(received.map(({ headers }) => headers['x-quittance-invocation']));
    expect(ids.size).toBe(1);
    expect([...ids][0]).toBeDefined();
    expect(received[1]?.headers['x-listed']).toBe('yes');
    expect(received[4]).toMatchObject({ method: 'POST', body: 'text' });
  });
});

describe('a request that is handed over', () => {
  const bundles = {
    asking: `
      import http from 'node:http';
      import { once } from 'node:events';
      export const handler = async ({ give }: any) => {
        const request = http.request(process.env.AWS_ENDPOINT_URL!, { method: 'POST', headers: { 'X-One': '1' }, timeout: 50 });
        const events: string[] = [];
        for (const name of ['response', 'error', 'timeout', 'close']) request.on(name, () => events.push(name));
        request.setHeader('X-Two', 2);
        request.write('é');
        request.write(Buffer.from('ä'));
        request.end('!');
        if (give === 'up') request.setTimeout(20, () => request.destroy());
        const closed = new Promise((resolve) => request.once('close', resolve));
        let text = '';
        request.on('response', (response: any) => { response.setEncoding('utf8'); response.on('data', (chunk: string) => { text += chunk; }); });
        await closed;
        return { events, text };
      };`,
  };

  test('sends what was written with all headers, and reads the answer like any other', async () => {
    world = await givenFunctions({ bundles, handsOver: true, answerRequest: ({ body }) => `got ${body}` });
    expect((await world.invoke('asking', {})).payload).toEqual({ events: ['response', 'close'], text: 'got éä!' });
    expect(world.received[0]).toMatchObject({ method: 'POST', url: '/', body: 'éä!' });
    expect(world.received[0]?.headers).toMatchObject({ 'x-one': '1', 'x-two': '2' });
  });

  test('ends as a lost connection does when no answer is to come', async () => {
    world = await givenFunctions({ bundles, respond: () => Promise.resolve(undefined) });
    expect((await world.invoke('asking', {})).payload).toEqual({ events: ['error', 'close'], text: '' });
  });

  test('can be given up after a time, and the late answer reaches nobody', async () => {
    const late = Promise.withResolvers<undefined>();
    world = await givenFunctions({ bundles, respond: () => late.promise });
    expect((await world.invoke('asking', { give: 'up' })).payload).toEqual({
      events: ['timeout', 'error', 'close'],
      text: '',
    });
    late.resolve(undefined);
  });
});
