import { request } from 'node:http';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IssuedCredentials } from '../../../local/gateway/credentials.ts';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { Call, JsonObject } from '../../../local/kernel/service.ts';
import { cloudNow, givenGateway, putItem, roleArn } from './gateway-world.ts';
import type { GatewayWorld } from './gateway-world.ts';

let world: GatewayWorld;
beforeEach(async () => {
  world = await givenGateway();
});
afterEach(() => world.close());

describe('the gateway', () => {
  test('hands an SDK client’s call to its service and its answer back', async () => {
    const calls: Call[] = [];
    world.answerOf = (_, call) => {
      calls.push(call);
      return { Attributes: { pk: { S: 'old' } } };
    };
    const answer = await world.dynamoDb().send(putItem);
    expect(answer.Attributes).toEqual({ pk: { S: 'old' } });
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/u);
    expect(calls).toEqual([
      { operation: 'PutItem', input: { TableName: 't', Item: { pk: { S: 'a' } } }, caller: { kind: 'operator' } },
    ]);
  });

  test('carries blobs as base64', async () => {
    world.answerOf = (_, { input }) => ({ Plaintext: input['CiphertextBlob'] ?? null, KeyId: 'k' });
    const answer = await world
      .track(new KMSClient(world.configuration()))
      .send(new DecryptCommand({ CiphertextBlob: Buffer.from([1, 2, 255]) }));
    expect([...(answer.Plaintext ?? [])]).toEqual([1, 2, 255]);
  });

  test('knows a role by its credentials and holds it to its policies', async () => {
    const callers: unknown[] = [];
    world.answerOf = (_, { caller }) => {
      callers.push(caller);
      return {};
    };
    const client = world.dynamoDb(world.credentials.forRole(roleArn));
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
    expect(world.credentials.forRole(roleArn)).toEqual(world.credentials.forRole(roleArn));
    expect(world.credentials.forRole(`${roleArn}2`).sessionToken).not.toBe(
      world.credentials.forRole(roleArn).sessionToken,
    );
  });

  test.each<[string, (right: IssuedCredentials) => IssuedCredentials]>([
    ['a wrong session token', (right) => ({ ...right, sessionToken: `${right.sessionToken.slice(0, -4)}AAAA` })],
    ['an unknown access key', (right) => ({ ...right, accessKeyId: 'ASIA0000000000000000' })],
    ['no session token', ({ accessKeyId, secretAccessKey }) => ({ accessKeyId, secretAccessKey }) as IssuedCredentials],
  ])('refuses %s', async (_, forge) => {
    await expect(world.dynamoDb(forge(world.credentials.forOperator())).send(putItem)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      $metadata: { httpStatusCode: 403 },
    });
    expect(world.observed).toEqual([]);
  });

  test('refuses a request without credentials, an unknown target and a body that is no JSON', async () => {
    const { accessKeyId, sessionToken } = world.credentials.forOperator();
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20270304/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=00`,
      'x-amz-security-token': sessionToken,
    };
    const send = async (more: Record<string, string>, body = '{}') => {
      const response = await fetch(world.url, { method: 'POST', headers: more, body });
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
    world.answerOf = () => {
      throw new AwsError('TransactionCanceledException', 'Transaction cancelled', 400, {
        CancellationReasons: [{ Code: 'None' }],
      });
    };
    await expect(world.dynamoDb().send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: 'Transaction cancelled',
      CancellationReasons: [{ Code: 'None' }],
    });
  });

  test('does not tell a caller what broke inside a service, but the operator where', async () => {
    world.answerOf = () => {
      throw new TypeError('the card 4242 broke it');
    };
    await expect(world.dynamoDb().send(putItem)).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
    expect(world.lines.join('\n')).toContain('dynamodb:PutItem broke inside: TypeError');
    expect(world.lines.join('\n')).not.toContain('4242');
  });

  test('invokes a function over Lambda’s own REST call', async () => {
    const inputs: JsonObject[] = [];
    world.answerOf = (_, { operation, input }) => {
      inputs.push({ operation, ...input });
      return input['Payload'] === '{"n":2}'
        ? { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: '4' }
        : { StatusCode: 200, FunctionError: 'Unhandled', Payload: '{"errorType":"Error"}' };
    };
    const client = world.track(new LambdaClient(world.configuration(world.credentials.forRole(roleArn))));
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
    world.dead.add('invocation-1');
    const client = world.dynamoDb();
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-quittance-invocation'] = 'invocation-1';
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(client.send(putItem)).rejects.toThrow(/socket hang up|ECONNRESET/u);
    expect(world.observed).toEqual([]);
    world.dead.clear();
    await expect(client.send(putItem)).resolves.toBeDefined();
  });

  test('tells the cloud’s time, and listens on the loopback interface alone', async () => {
    const response = await fetch(world.url);
    expect(Date.parse(response.headers.get('date') ?? '')).toBe(cloudNow);
    expect(world.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
  });

  test('refuses a request larger than 16 MB', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(world.url, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end(Buffer.alloc(16 * 1024 * 1024 + 1, 'x'));
    });
    expect(status).toBe(413);
  });
});

function twice(text: string): string[] {
  return [text, text];
}
