import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { declaredOutsideMilliseconds } from '../../../local/meter/invocations.ts';
import type { MeterReport } from '../../../local/meter/meter.ts';
import { ask, givenCloud } from '../cloud/cloud-world.ts';
import type { World } from '../cloud/cloud-world.ts';
import { synthesizeMeteredStack } from './metered-stack.ts';

let world: World;
beforeAll(async () => {
  world = await givenCloud({ assemblyDirectory: synthesizeMeteredStack() });
});
afterAll(() => world.close());
beforeEach(() => {
  world.cloud.meter.reset();
});

const report = (): MeterReport => world.cloud.meter.report();
const units = () => {
  const { readUnits, writeUnits } = report().items;
  return { readUnits, writeUnits };
};
/** The one call since the last reset, each of its accesses in a line. */
const onlyCall = () => {
  const [call, ...others] = report().items.calls;
  expect(others).toEqual([]);
  return {
    operation: call?.operation,
    ...(call?.failure === undefined ? {} : { failure: call.failure }),
    accesses: call?.accesses.map(({ action, items, units: own, indexes }) => ({
      ...{ action, items, units: own },
      indexes: indexes.map((each) => `${each.index} ${each.units}`),
    })),
  };
};

let orders = 0;
const newKey = () => `order-${(orders += 1)}`;
/** An item of this many bytes, its key among them. */
const itemOf = (bytes: number, pk = newKey()): Record<string, AttributeValue> => ({
  pk: { S: pk },
  note: { S: 'x'.repeat(bytes - 'pk'.length - pk.length - 'note'.length) },
});
const indexed = (owner: string, pk = newKey()): Record<string, AttributeValue> => ({
  ...itemOf(500, pk),
  owner: { S: owner },
  at: { S: '1' },
});

async function given(...items: Record<string, AttributeValue>[]): Promise<void> {
  for (const Item of items) await world.dynamoDb.send(new PutItemCommand({ TableName: 'orders', Item }));
  world.cloud.meter.reset();
}

const put = (Item: Record<string, AttributeValue>) => new PutItemCommand({ TableName: 'orders', Item });
const keyOf = ({ pk }: Record<string, AttributeValue>) => ({ pk: pk ?? { S: '' } });
const set = (item: Record<string, AttributeValue>, name: string, value: string) => ({
  TableName: 'orders',
  Key: keyOf(item),
  UpdateExpression: 'SET #name = :value',
  ExpressionAttributeNames: { '#name': name },
  ExpressionAttributeValues: { ':value': { S: value } },
});

describe('writes are charged as DynamoDB charges them', () => {
  test('a put by its size, in units of 1 KB', async () => {
    await world.dynamoDb.send(put(itemOf(1024)));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 1 });
    await world.dynamoDb.send(put(itemOf(1025)));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 });
  });

  test('a put over a larger item by the larger one', async () => {
    const item = itemOf(3000);
    await given(item);
    await world.dynamoDb.send(put(keyOf(item)));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 });
  });

  test('an update that grows across 1 KB by what it has become, the whole item', async () => {
    const item = itemOf(1000);
    await given(item);
    await world.dynamoDb.send(new UpdateItemCommand(set(item, 'more', 'x'.repeat(20))));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 1 });
    await world.dynamoDb.send(new UpdateItemCommand(set(item, 'more', 'x'.repeat(21))));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 });
  });

  test('an update whose result is returned the same way', async () => {
    const item = itemOf(1000);
    await given(item);
    const command = new UpdateItemCommand({ ...set(item, 'more', 'x'.repeat(21)), ReturnValues: 'ALL_NEW' });
    expect((await world.dynamoDb.send(command)).Attributes).toMatchObject(item);
    expect(units()).toEqual({ readUnits: 0, writeUnits: 2 });
  });

  test('a deletion by what was there, and one of nothing as one unit', async () => {
    const item = itemOf(2500);
    await given(item);
    const command = new DeleteItemCommand({ TableName: 'orders', Key: keyOf(item) });
    await world.dynamoDb.send(command);
    await world.dynamoDb.send(command);
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 + 1 });
  });

  test('a transaction twice, each item for itself, a checked condition among them; its index entries once', async () => {
    const [checked, updated] = [itemOf(1500), itemOf(300)];
    await given(checked, updated);
    const command = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: 'orders', Item: indexed('ann') } },
        { Update: set(updated, 'note', 'x') },
        { ConditionCheck: { TableName: 'orders', Key: keyOf(checked), ConditionExpression: 'attribute_exists(pk)' } },
      ],
    });
    await world.dynamoDb.send(command);
    expect(onlyCall()).toEqual({
      operation: 'TransactWriteItems',
      accesses: [
        { action: 'Put', items: 1, units: 2, indexes: ['byOwner 1'] },
        { action: 'Update', items: 1, units: 2, indexes: [] },
        { action: 'ConditionCheck', items: 1, units: 4, indexes: [] },
      ],
    });
  });

  test('a failed condition as the larger of what is there and what was to be put, without its indexes', async () => {
    const item = indexed('ann');
    await given(item);
    const larger = { ...itemOf(1500, item['pk']?.S), owner: { S: 'bob' }, at: { S: '2' } };
    const refused = { TableName: 'orders', Item: larger, ConditionExpression: 'attribute_not_exists(pk)' };
    await expect(world.dynamoDb.send(new PutItemCommand(refused))).rejects.toThrow('conditional request failed');
    const failure = 'ConditionalCheckFailedException';
    const accesses = [{ action: 'Put', items: 1, units: 2, indexes: [] }];
    expect(onlyCall()).toEqual({ operation: 'PutItem', failure, accesses });
    expect(report().calls).toMatchObject([{ operation: 'PutItem', count: 1, failures: { [failure]: 1 } }]);
  });

  test('a cancelled transaction as if it had been carried out, without its indexes', async () => {
    const item = itemOf(100);
    await given(item);
    const refused = { TableName: 'orders', Item: item, ConditionExpression: 'attribute_not_exists(pk)' };
    const TransactItems = [{ Put: refused }, { Put: { TableName: 'orders', Item: indexed('ann') } }];
    await expect(world.dynamoDb.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toThrow('cancelled');
    expect(units()).toEqual({ readUnits: 0, writeUnits: 4 });
  });

  test('an index entry that comes, moves, stays and goes', async () => {
    const item = indexed('ann');
    await world.dynamoDb.send(put(item));
    expect(onlyCall().accesses).toEqual([{ action: 'Put', items: 1, units: 1, indexes: ['byOwner 1'] }]);
    for (const [owner, cost] of [
      ['bob', ['byOwner 2']],
      ['bob', []],
    ] as const) {
      world.cloud.meter.reset();
      await world.dynamoDb.send(new UpdateItemCommand(set(item, 'owner', owner)));
      expect(onlyCall().accesses).toEqual([{ action: 'Update', items: 1, units: 1, indexes: cost }]);
    }
    world.cloud.meter.reset();
    await world.dynamoDb.send(new UpdateItemCommand(set(item, 'note', 'not in the index')));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 1 });
    await world.dynamoDb.send(new DeleteItemCommand({ TableName: 'orders', Key: keyOf(item) }));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 1 + 2 });
  });

  test('a batch item by item', async () => {
    const item = itemOf(1100);
    await given(item);
    const requests = [{ PutRequest: { Item: itemOf(2100) } }, { DeleteRequest: { Key: keyOf(item) } }];
    await world.dynamoDb.send(new BatchWriteItemCommand({ RequestItems: { orders: requests } }));
    expect(units()).toEqual({ readUnits: 0, writeUnits: 3 + 2 });
  });
});

describe('reads are charged as DynamoDB charges them', () => {
  test('an item by its size, whatever part of it is asked for, and by its consistency', async () => {
    const item = itemOf(5000);
    await given(item);
    const get = { TableName: 'orders', Key: keyOf(item) };
    await world.dynamoDb.send(new GetItemCommand(get));
    expect(units()).toEqual({ readUnits: 1, writeUnits: 0 });
    await world.dynamoDb.send(new GetItemCommand({ ...get, ConsistentRead: true, ProjectionExpression: 'pk' }));
    expect(units()).toEqual({ readUnits: 1 + 2, writeUnits: 0 });
    await world.dynamoDb.send(new TransactGetItemsCommand({ TransactItems: [{ Get: get }] }));
    expect(units()).toEqual({ readUnits: 1 + 2 + 4, writeUnits: 0 });
  });

  test('each item of a batch for itself, those that are not there too', async () => {
    const [small, large] = [itemOf(1500), itemOf(6500)];
    await given(small, large);
    const Keys = [keyOf(small), keyOf(large), { pk: { S: 'nobody' } }];
    await world.dynamoDb.send(new BatchGetItemCommand({ RequestItems: { orders: { Keys, ConsistentRead: true } } }));
    expect(onlyCall().accesses).toEqual([{ action: 'Get', items: 3, units: 1 + 2 + 1, indexes: [] }]);
  });

  test('a query by all that it reads of the index, whatever it answers', async () => {
    const owner = `${newKey()} of somebody with a long name`;
    await given(...Array.from({ length: 100 }, () => indexed(owner)));
    const query = {
      TableName: 'orders',
      IndexName: 'byOwner',
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': { S: owner } },
    };
    // Each entry has some 50 bytes: keys of table and index. 100 of them are above 4 KB and below 8.
    const answer = await world.dynamoDb.send(new QueryCommand(query));
    expect(answer.Items).toHaveLength(100);
    expect(units()).toEqual({ readUnits: 1, writeUnits: 0 });
    const counted = await world.dynamoDb.send(new QueryCommand({ ...query, Select: 'COUNT' }));
    expect(counted).toMatchObject({ Count: 100 });
    expect(counted.ConsumedCapacity).toBeUndefined();
    expect(units()).toEqual({ readUnits: 2, writeUnits: 0 });
  });
});

describe('whoever waits for the world outside', () => {
  const outside = createServer((_request, response) => response.end('here'));
  beforeAll(async () => {
    outside.listen(0, '127.0.0.1');
    await once(outside, 'listening');
  });
  afterAll(() => void outside.close());

  test('is priced with a declared latency for each call, and so are those who wait for them in turn', async () => {
    const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const Payload = JSON.stringify({ url, times: 2 });
    const answer = await world.lambda.send(new InvokeCommand({ FunctionName: 'Wait', Payload }));
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ status: 'SUCCEEDED' });
    const { functions, expressWorkflows, usage, logs } = report();
    const [asker, waiter] = ['AskOutside', 'Wait'].map((wanted) => functions.find(({ name }) => name === wanted));
    const declared = 2 * declaredOutsideMilliseconds;
    expect(asker).toMatchObject({ invocations: 1, failed: 0, outsideCalls: 2, memoryMegabytes: 512 });
    expect(waiter).toMatchObject({ invocations: 1, failed: 0, outsideCalls: 0, memoryMegabytes: 1024 });
    for (const each of [asker, waiter]) expect(each?.pricedMilliseconds).toBeGreaterThanOrEqual(declared);
    expect(expressWorkflows).toMatchObject([{ name: 'ask-patiently', executions: 1, failed: 0 }]);
    expect(expressWorkflows[0]?.pricedMilliseconds).toBeGreaterThanOrEqual(declared);
    expect(usage.lambdaRequests).toBe(2);
    expect(usage.lambdaArmGigabyteSeconds).toBeGreaterThanOrEqual((1 + 0.5) * (declared / 1000));
    expect(usage.expressGigabyteHours).toBeCloseTo(
      (64 / 1024) * ((expressWorkflows[0]?.pricedMilliseconds ?? 0) / 3_600_000),
    );
    expect(logs).toEqual({ events: 1, bytes: 10 + 26 });
  });

  test('costs nobody anything who did not wait: a call to AWS alone has its own time', async () => {
    const Payload = JSON.stringify({ url: 'none', times: 0 });
    await world.lambda.send(new InvokeCommand({ FunctionName: 'AskOutside', Payload }));
    const [asker] = report().functions;
    expect(asker).toMatchObject({ invocations: 1, outsideCalls: 0 });
    expect(asker?.pricedMilliseconds).toBeLessThan(declaredOutsideMilliseconds);
  });
});

describe('GET /_local/meter', () => {
  test('tells what was counted since it was reset, and what it costs', async () => {
    await world.dynamoDb.send(put(itemOf(100)));
    const { status, body } = await ask(world.cloud, 'GET', '/_local/meter?per=POST%20/orders%20201');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      items: { writeUnits: 1, readUnits: 0 },
      dollars: { byService: { DynamoDB: expect.closeTo(0.000000625, 12) } },
      perMillion: { of: 'POST /orders 201', count: 0 },
      processor: { functionsMilliseconds: expect.any(Number), cloudMilliseconds: expect.any(Number) },
    });
    expect(await ask(world.cloud, 'DELETE', '/_local/meter')).toEqual({ status: 204, body: undefined });
    const after = (await ask(world.cloud, 'GET', '/_local/meter')).body as MeterReport;
    expect(after.items).toMatchObject({ readUnits: 0, writeUnits: 0, calls: [] });
    expect(after.calls).toEqual([]);
    expect(after.dollars.total).toBe(0);
  });

  test('keeps sums alone: names that callers make up do not fill its memory', async () => {
    const invented = Array.from({ length: 700 }, (_, index) => index);
    for (const each of invented) {
      const call = { operation: `Invented${each}`, input: {}, caller: { kind: 'operator' as const } };
      await expect(world.cloud.dispatch('dynamodb', call)).rejects.toThrow();
    }
    const { calls } = report();
    expect(calls.length).toBeLessThanOrEqual(501);
    expect(calls.reduce((sum, { count }) => sum + count, 0)).toBe(700);
  });
});
