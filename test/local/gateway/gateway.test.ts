import { request } from 'node:http';
import { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCredentials } from '../../../local/gateway/credentials.ts';
import type { Credentials, IssuedCredentials } from '../../../local/gateway/credentials.ts';
import { createDispatcher } from '../../../local/gateway/dispatcher.ts';
import type { ObservedCall } from '../../../local/gateway/dispatcher.ts';
import { createGateway } from '../../../local/gateway/gateway.ts';
import type { Gateway } from '../../../local/gateway/gateway.ts';
import { createIam } from '../../../local/iam/iam.ts';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import { createFaults } from '../../../local/kernel/faults.ts';
import type { Faults } from '../../../local/kernel/faults.ts';
import type { AwsService, Call, JsonObject, Resource } from '../../../local/kernel/service.ts';

const place = { region: 'eu-central-1', accountId: '000000000000' };
const cloudNow = Date.parse('2027-03-04T05:06:07Z');
const roleArn = 'arn:aws:iam::000000000000:role/writer';

/** A role that may PutItem on one table and nothing else. */
const writer: Resource = {
  stack: 'S',
  logicalId: 'Writer',
  type: 'AWS::IAM::Role',
  physicalId: 'writer',
  arn: roleArn,
  properties: {
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [
      {
        PolicyName: 'P',
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: ['dynamodb:PutItem', 'kms:*'], Resource: '*' },
            {
              Effect: 'Allow',
              Action: 'lambda:InvokeFunction',
              Resource: 'arn:aws:lambda:eu-central-1:000000000000:function:double',
            },
          ],
        },
      },
    ],
  },
};

let answerOf: (service: string, call: Call) => JsonObject | Promise<JsonObject>;
let gateway: Gateway;
let credentials: Credentials;
let faults: Faults;
let observed: ObservedCall[];
let lines: string[];
let dead: Set<string>;
const clients: { destroy(): void }[] = [];

function serviceOf(
  name: string,
  targets: string[],
  resource: (input: JsonObject) => string,
  action?: string,
): AwsService {
  return {
    name,
    targets,
    access: ({ operation, input }) => [{ action: action ?? `${name}:${operation}`, resource: resource(input) }],
    handle: async (call) => Promise.resolve(await answerOf(name, call)),
  };
}

beforeEach(async () => {
  answerOf = (_, { operation }) => ({ did: operation });
  observed = [];
  lines = [];
  dead = new Set();
  faults = createFaults({ clock: { now: () => cloudNow } });
  credentials = createCredentials();
  const services = new Map(
    [
      serviceOf('dynamodb', ['DynamoDB_20120810'], () => 'arn:aws:dynamodb:eu-central-1:000000000000:table/t'),
      serviceOf('kms', ['TrentService'], () => '*'),
      serviceOf(
        'lambda',
        [],
        ({ FunctionName }) => `arn:aws:lambda:eu-central-1:000000000000:function:${FunctionName as string}`,
        'lambda:InvokeFunction',
      ),
    ].map((service) => [service.name, service]),
  );
  gateway = await createGateway({
    services,
    credentials,
    clock: { now: () => cloudNow },
    isInvocationAlive: (id) => !dead.has(id),
    dispatch: createDispatcher({
      services,
      faults,
      iam: createIam([writer], place),
      observe: (call) => observed.push(call),
      log: (line) => lines.push(line),
    }),
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await gateway.close();
});

function configuration(as: IssuedCredentials = credentials.forOperator()) {
  return { endpoint: gateway.url, region: place.region, credentials: as, maxAttempts: 1 };
}

function track<T extends { destroy(): void }>(client: T): T {
  clients.push(client);
  return client;
}

const dynamoDb = (as?: IssuedCredentials) => track(new DynamoDBClient(configuration(as)));
const putItem = new PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } });

describe('the gateway', () => {
  test('hands an SDK client’s call to its service and its answer back', async () => {
    const calls: Call[] = [];
    answerOf = (_, call) => {
      calls.push(call);
      return { Attributes: { pk: { S: 'old' } } };
    };
    const answer = await dynamoDb().send(putItem);
    expect(answer.Attributes).toEqual({ pk: { S: 'old' } });
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/u);
    expect(calls).toEqual([
      { operation: 'PutItem', input: { TableName: 't', Item: { pk: { S: 'a' } } }, caller: { kind: 'operator' } },
    ]);
  });

  test('carries blobs as base64', async () => {
    answerOf = (_, { input }) => ({ Plaintext: input['CiphertextBlob'] ?? null, KeyId: 'k' });
    const answer = await track(new KMSClient(configuration())).send(
      new DecryptCommand({ CiphertextBlob: Buffer.from([1, 2, 255]) }),
    );
    expect([...(answer.Plaintext ?? [])]).toEqual([1, 2, 255]);
  });

  test('knows a role by its credentials and holds it to its policies', async () => {
    const callers: unknown[] = [];
    answerOf = (_, { caller }) => {
      callers.push(caller);
      return {};
    };
    const client = dynamoDb(credentials.forRole(roleArn));
    await client.send(putItem);
    expect(callers).toEqual([{ kind: 'role', roleArn }]);
    const transaction = new TransactWriteItemsCommand({ TransactItems: [] });
    await expect(client.send(transaction)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/writer\/local is not authorized to perform: dynamodb:TransactWriteItems on resource: /u,
      ),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a role always gets the same credentials, and no two owners the same', () => {
    expect(credentials.forRole(roleArn)).toEqual(credentials.forRole(roleArn));
    expect(credentials.forRole(`${roleArn}2`).sessionToken).not.toBe(credentials.forRole(roleArn).sessionToken);
  });

  test.each<[string, (right: IssuedCredentials) => IssuedCredentials]>([
    ['a wrong session token', (right) => ({ ...right, sessionToken: `${right.sessionToken.slice(0, -4)}AAAA` })],
    ['an unknown access key', (right) => ({ ...right, accessKeyId: 'ASIA0000000000000000' })],
    ['no session token', ({ accessKeyId, secretAccessKey }) => ({ accessKeyId, secretAccessKey }) as IssuedCredentials],
  ])('refuses %s', async (_, forge) => {
    await expect(dynamoDb(forge(credentials.forOperator())).send(putItem)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      $metadata: { httpStatusCode: 403 },
    });
    expect(observed).toEqual([]);
  });

  test('refuses a request without credentials, an unknown target and a body that is no JSON', async () => {
    const { accessKeyId, sessionToken } = credentials.forOperator();
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20270304/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=00`,
      'x-amz-security-token': sessionToken,
    };
    const send = async (more: Record<string, string>, body = '{}') => {
      const response = await fetch(gateway.url, { method: 'POST', headers: more, body });
      return [
        response.status,
        response.headers.get('x-amzn-errortype'),
        ((await response.json()) as { __type: string }).__type,
      ];
    };
    expect(await send({ 'x-amz-target': 'TrentService.Encrypt' })).toEqual([
      403,
      ...twice('MissingAuthenticationTokenException'),
    ]);
    expect(await send({ ...headers, 'x-amz-target': 'Nobody.Encrypt' })).toEqual([
      400,
      ...twice('UnknownOperationException'),
    ]);
    expect(await send(headers)).toEqual([400, ...twice('UnknownOperationException')]);
    expect(await send({ ...headers, 'x-amz-target': 'TrentService.Encrypt' }, 'no')).toEqual([
      400,
      ...twice('SerializationException'),
    ]);
    expect(await send({ ...headers, 'x-amz-target': 'TrentService.Encrypt' }, '[]')).toEqual([
      400,
      ...twice('SerializationException'),
    ]);
  });

  test('gives an error with its details, as SDK clients read it', async () => {
    answerOf = () => {
      throw new AwsError('TransactionCanceledException', 'Transaction cancelled', 400, {
        CancellationReasons: [{ Code: 'None' }],
      });
    };
    await expect(dynamoDb().send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: 'Transaction cancelled',
      CancellationReasons: [{ Code: 'None' }],
    });
  });

  test('does not tell a caller what broke inside a service, but the operator where', async () => {
    answerOf = () => {
      throw new TypeError('the card 4242 broke it');
    };
    await expect(dynamoDb().send(putItem)).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
    expect(lines.join('\n')).toContain('dynamodb:PutItem broke inside: TypeError');
    expect(lines.join('\n')).not.toContain('4242');
  });

  test('invokes a function over Lambda’s own REST call', async () => {
    const inputs: JsonObject[] = [];
    answerOf = (_, { operation, input }) => {
      inputs.push({ operation, ...input });
      return input['Payload'] === '{"n":2}'
        ? { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: '4' }
        : { StatusCode: 200, FunctionError: 'Unhandled', Payload: '{"errorType":"Error"}' };
    };
    const client = track(new LambdaClient(configuration(credentials.forRole(roleArn))));
    const good = await client.send(new InvokeCommand({ FunctionName: 'double', Payload: JSON.stringify({ n: 2 }) }));
    expect([good.StatusCode, good.FunctionError, good.ExecutedVersion, good.Payload?.transformToString()]).toEqual([
      200,
      undefined,
      '$LATEST',
      '4',
    ]);
    const bad = await client.send(
      new InvokeCommand({ FunctionName: 'double', Payload: '3', InvocationType: 'RequestResponse' }),
    );
    expect([bad.FunctionError, bad.Payload?.transformToString()]).toEqual(['Unhandled', '{"errorType":"Error"}']);
    expect(inputs[0]).toEqual({
      operation: 'Invoke',
      FunctionName: 'double',
      InvocationType: 'RequestResponse',
      Payload: '{"n":2}',
    });
    await expect(client.send(new InvokeCommand({ FunctionName: 'other' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('closes the connection of an invocation that has ended, and carries nothing out for it', async () => {
    dead.add('invocation-1');
    const client = dynamoDb();
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-quittance-invocation'] = 'invocation-1';
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(client.send(putItem)).rejects.toThrow(/socket hang up|ECONNRESET/u);
    expect(observed).toEqual([]);
    dead.clear();
    await expect(client.send(putItem)).resolves.toBeDefined();
  });

  test('tells the cloud’s time, and listens on the loopback interface alone', async () => {
    const response = await fetch(gateway.url);
    expect(Date.parse(response.headers.get('date') ?? '')).toBe(cloudNow);
    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
  });

  test('refuses a request larger than 16 MB', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(gateway.url, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end(Buffer.alloc(16 * 1024 * 1024 + 1, 'x'));
    });
    expect(status).toBe(413);
  });
});

describe('the dispatcher', () => {
  test('lets a fault strike before the call, so that nothing was carried out', async () => {
    let carriedOut = 0;
    answerOf = () => ({ carriedOut: (carriedOut += 1) });
    faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'error_before' });
    await expect(dynamoDb().send(putItem)).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(carriedOut).toBe(0);
  });

  test('lets a fault lose the answer of a call that was carried out', async () => {
    let carriedOut = 0;
    answerOf = () => ({ carriedOut: (carriedOut += 1) });
    faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'error_after' });
    await expect(dynamoDb().send(putItem)).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(carriedOut).toBe(1);
  });

  test('asks IAM before a fault can strike: who may not call learns nothing else', async () => {
    faults.add({ service: '*', operation: '*', kind: 'blackout' });
    const client = dynamoDb(credentials.forRole(roleArn));
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(client.send(putItem)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });

  test('is retried through by an SDK client as AWS is', async () => {
    faults.add({
      service: 'kms',
      operation: 'GenerateDataKey',
      kind: 'throttle',
      nth: 1,
      until: '2027-03-04T05:06:08Z',
    });
    let calls = 0;
    answerOf = () => ({ KeyId: `key ${(calls += 1)}` });
    const client = track(new KMSClient({ ...configuration(), maxAttempts: 3 }));
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args).catch((error: unknown) => {
          faults.clear();
          throw error;
        });
        return result;
      },
      { step: 'deserialize', priority: 'high' },
    );
    const answer = await client.send(new GenerateDataKeyCommand({ KeyId: 'k' }));
    expect([answer.KeyId, answer.$metadata.attempts]).toEqual(['key 1', 2]);
  });

  test('shows every call with its rights and outcome to the observer', async () => {
    const client = dynamoDb(credentials.forRole(roleArn));
    await client.send(putItem);
    await client.send(new TransactWriteItemsCommand({ TransactItems: [] })).catch(() => undefined);
    const seen = (action: string) => ({
      ...{ service: 'dynamodb', operation: action, input: expect.anything(), caller: { kind: 'role', roleArn } },
      accesses: [{ action: `dynamodb:${action}`, resource: 'arn:aws:dynamodb:eu-central-1:000000000000:table/t' }],
    });
    expect(observed).toEqual([
      { ...seen('PutItem'), outcome: { kind: 'answered', answer: { did: 'PutItem' } } },
      { ...seen('TransactWriteItems'), outcome: { kind: 'failed', code: 'AccessDeniedException' } },
    ]);
  });
});

function twice(text: string): string[] {
  return [text, text];
}
