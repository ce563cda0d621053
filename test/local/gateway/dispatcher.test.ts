import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { givenGateway, putItem, roleArn } from './gateway-world.ts';
import type { GatewayWorld } from './gateway-world.ts';

let world: GatewayWorld;
beforeEach(async () => {
  world = await givenGateway();
});
afterEach(() => world.close());

describe('the dispatcher', () => {
  test('lets a fault strike before the call, so that nothing was carried out', async () => {
    let carriedOut = 0;
    world.answerOf = () => ({ carriedOut: (carriedOut += 1) });
    world.faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'error_before' });
    await expect(world.dynamoDb().send(putItem)).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(carriedOut).toBe(0);
  });

  test('lets a fault lose the answer of a call that was carried out', async () => {
    let carriedOut = 0;
    world.answerOf = () => ({ carriedOut: (carriedOut += 1) });
    world.faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'error_after' });
    await expect(world.dynamoDb().send(putItem)).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(carriedOut).toBe(1);
  });

  test('asks IAM before a fault can strike: who may not call learns nothing else', async () => {
    world.faults.add({ service: '*', operation: '*', kind: 'blackout' });
    const client = world.dynamoDb(world.credentials.forRole(roleArn));
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(client.send(putItem)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });

  test('is retried through by an SDK client as AWS is', async () => {
    world.faults.add({
      service: 'kms',
      operation: 'GenerateDataKey',
      kind: 'throttle',
      nth: 1,
      until: '2027-03-04T05:06:08Z',
    });
    let calls = 0;
    world.answerOf = () => ({ KeyId: `key ${(calls += 1)}` });
    const client = world.track(new KMSClient({ ...world.configuration(), maxAttempts: 3 }));
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args).catch((error: unknown) => {
          world.faults.clear();
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
    const client = world.dynamoDb(world.credentials.forRole(roleArn));
    await client.send(putItem);
    await client.send(new TransactWriteItemsCommand({ TransactItems: [] })).catch(() => undefined);
    const seen = (action: string) => ({
      ...{ service: 'dynamodb', operation: action, input: expect.anything(), caller: { kind: 'role', roleArn } },
      accesses: [{ action: `dynamodb:${action}`, resource: 'arn:aws:dynamodb:eu-central-1:000000000000:table/t' }],
    });
    expect(world.observed).toEqual([
      { ...seen('PutItem'), outcome: { kind: 'answered', answer: { did: 'PutItem' } } },
      { ...seen('TransactWriteItems'), outcome: { kind: 'failed', code: 'AccessDeniedException' } },
    ]);
  });
});
