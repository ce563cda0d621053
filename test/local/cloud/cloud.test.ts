import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize, temporaryFolder } from '../assembly/synthesize.ts';
import { ask, givenCloud, synthesizeShop } from './cloud-world.ts';
import type { World } from './cloud-world.ts';

const day = 86_400_000;

let assemblyDirectory: string;
beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  assemblyDirectory = synthesizeShop();
});
afterAll(() => void jest.restoreAllMocks());

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function given(options: { dataDir?: string } = {}): Promise<World> {
  const world = await givenCloud({ assemblyDirectory, ...options });
  worlds.push(world);
  return world;
}

async function end(world: World): Promise<void> {
  worlds.splice(worlds.indexOf(world), 1);
  await world.close();
}

const putItem = (pk: string) => new PutItemCommand({ TableName: 'items', Item: { pk: { S: pk } } });
const getItem = (pk: string) => new GetItemCommand({ TableName: 'items', Key: { pk: { S: pk } } });

async function invokeWriter(world: World, event: { table: string; pk: string }) {
  const answer = await world.lambda.send(new InvokeCommand({ FunctionName: 'writer', Payload: JSON.stringify(event) }));
  return {
    error: answer.FunctionError,
    payload: JSON.parse(answer.Payload?.transformToString() ?? 'null') as Record<string, unknown>,
  };
}

describe('a stack on this machine', () => {
  test('a function writes where its role may, and is denied where it may not', async () => {
    const world = await given();
    expect(await invokeWriter(world, { table: 'items', pk: 'a' })).toMatchObject({ error: undefined });
    expect((await world.dynamoDb.send(getItem('a'))).Item).toEqual({ pk: { S: 'a' } });
    expect(await invokeWriter(world, { table: 'secrets', pk: 'a' })).toMatchObject({
      error: 'Unhandled',
      payload: {
        errorType: 'AccessDeniedException',
        errorMessage: expect.stringMatching(
          /assumed-role\/.+ is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-central-1:000000000000:table\/secrets/u,
        ),
      },
    });
  });

  test('what it keeps and what was advanced survive a restart', async () => {
    const dataDir = temporaryFolder();
    const before = await given({ dataDir });
    await before.dynamoDb.send(putItem('kept'));
    const { CiphertextBlob } = await before.kms.send(
      new EncryptCommand({ KeyId: 'alias/shop', Plaintext: Buffer.from('secret') }),
    );
    await before.cloud.advance(3 * day);
    await end(before);

    const after = await given({ dataDir });
    expect((await after.dynamoDb.send(getItem('kept'))).Item).toEqual({ pk: { S: 'kept' } });
    const { Plaintext } = await after.kms.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(Plaintext ?? []).toString()).toBe('secret');
    expect(after.cloud.clock.now()).toBeGreaterThan(Date.now() + 2.9 * day);
  });

  test('a function lives in the cloud’s time', async () => {
    const world = await given();
    await world.cloud.advance(10 * day);
    const { payload } = await invokeWriter(world, { table: 'items', pk: 'b' });
    expect(Math.abs(Number(payload['now']) - world.cloud.clock.now())).toBeLessThan(5000);
  });

  test('a fault on a service is met by a function', async () => {
    const world = await given();
    world.cloud.faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'throttle' });
    const answer = await invokeWriter(world, { table: 'items', pk: 'c' });
    expect(answer.payload).toMatchObject({ errorType: 'ProvisionedThroughputExceededException' });
  });

  test('two instances live side by side', async () => {
    const [one, two] = [await given(), await given()];
    await one.dynamoDb.send(putItem('mine'));
    expect((await two.dynamoDb.send(getItem('mine'))).Item).toBeUndefined();
    expect(one.cloud.baseUrl).not.toBe(two.cloud.baseUrl);
  });

  test('what has no effect here is told at start', async () => {
    expect((await given()).lines).toContain('accepted, without effect on this machine: 1 AWS::CloudWatch::Alarm');
  });

  test('its folder and files are its owner’s alone', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    await given({ dataDir });
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    for (const file of ['cloud.db', 'lock.db', 'lock.pid'])
      expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
  });
});

describe('a start that fails', () => {
  test('on a resource that is not served names it, and gives folder and port back', async () => {
    const dataDir = temporaryFolder();
    const withBucket = synthesize((app) => {
      new s3.Bucket(new Stack(app, 'Shop'), 'Files');
    });
    await expect(givenCloud({ assemblyDirectory: withBucket, dataDir })).rejects.toThrow('AWS::S3::Bucket (Shop/Files');
    await given({ dataDir });
  });

  test('on a port that is taken says so', async () => {
    const port = Number(new URL((await given()).cloud.baseUrl).port);
    await expect(givenCloud({ assemblyDirectory, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('the operator’s endpoints', () => {
  test('tell the outputs', async () => {
    const { cloud } = await given();
    expect(await ask(cloud, 'GET', '/_local/outputs')).toEqual({ status: 200, body: cloud.outputs() });
    expect(cloud.outputs()).toMatchObject({
      apiUrl: cloud.baseUrl,
      socketUrl: null,
      users: [],
      demo: { sellerId: 'sel_one' },
    });
  });

  test('move the clock by an ISO 8601 duration', async () => {
    const { cloud } = await given();
    const at = async (method: string, body?: unknown) =>
      Date.parse(((await ask(cloud, method, '/_local/clock', body)).body as { now: string }).now);
    const before = await at('GET');
    const after = await at('POST', { advance: 'P14D' });
    expect(after - before).toBeGreaterThanOrEqual(14 * day);
    expect(after - before).toBeLessThan(14 * day + 10_000);
  });

  test('take, show and clear faults', async () => {
    const { cloud, dynamoDb } = await given();
    const fault = { service: 'dynamodb', operation: 'PutItem', kind: 'error_before', nth: 1 };
    expect(await ask(cloud, 'POST', '/_local/faults', fault)).toEqual({
      status: 201,
      body: { faults: [{ ...fault, met: 0 }] },
    });
    expect(await ask(cloud, 'GET', '/_local/faults')).toEqual({
      status: 200,
      body: { faults: [{ ...fault, met: 0 }] },
    });
    await expect(dynamoDb.send(putItem('x'))).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(await ask(cloud, 'GET', '/_local/faults')).toEqual({
      status: 200,
      body: { faults: [{ ...fault, met: 1 }] },
    });
    expect(await ask(cloud, 'DELETE', '/_local/faults')).toEqual({ status: 204, body: undefined });
    await dynamoDb.send(putItem('x'));
  });

  test.each<[string, string, unknown, string]>([
    ['no JSON', 'faults', '{', 'not a JSON document'],
    ['an unknown kind', 'faults', { service: 'kms', kind: 'fire' }, 'kind'],
    ['an unknown service', 'faults', { service: 's3', kind: 'throttle' }, 'There is no service "s3"'],
    ['an unknown member', 'faults', { service: 'kms', kind: 'throttle', often: true }, 'often'],
    ['rate and nth at once', 'faults', { service: 'kms', kind: 'throttle', rate: 0.5, nth: 2 }, 'either rate or nth'],
    ['a rate above 1', 'faults', { service: 'kms', kind: 'throttle', rate: 2 }, 'rate'],
    ['a conflict of what knows none', 'faults', { service: 'kms', kind: 'conflict' }, 'only dynamodb knows conflicts'],
    ['an until that is no time', 'faults', { service: 'kms', kind: 'blackout', until: 'tomorrow' }, 'until'],
    [
      'an error of a delivery',
      'faults',
      { service: 'kms', operation: 'deliver', kind: 'throttle' },
      'a delivery can be',
    ],
    ['a duration that is none', 'clock', { advance: '14 days' }, 'ISO 8601'],
    ['a negative duration', 'clock', { advance: '-PT1H' }, 'not negative'],
    ['nothing to advance by', 'clock', {}, 'advance'],
  ])('refuse %s', async (_, resource, body, reason) => {
    const { cloud } = await given();
    const answer = await ask(cloud, 'POST', `/_local/${resource}`, body);
    expect(answer).toEqual({ status: 400, body: { message: expect.stringContaining(reason) } });
  });

  test('refuse the pages of other sites', async () => {
    const { cloud } = await given();
    expect(await ask(cloud, 'GET', '/_local/outputs', undefined, { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
  });

  test('answer 404 to what is not there', async () => {
    const { cloud } = await given();
    expect(await ask(cloud, 'GET', '/_local/nothing')).toEqual({ status: 404, body: { message: 'Not Found' } });
    expect(await ask(cloud, 'GET', '/_local/executions/nobody')).toMatchObject({ status: 404 });
  });
});
