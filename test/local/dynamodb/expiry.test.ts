import { afterEach, describe, expect, test } from '@jest/globals';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { givenCloud, resource } from '../data-services/harness.ts';

const operator = { kind: 'operator' } as const;
const TableName = 'Stack-Cvcs';
const table = resource('AWS::DynamoDB::Table', 'Cvcs', {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
});

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function givenTable() {
  const cloud = givenCloud([table]);
  const service = await createDynamoDbService(cloud.options);
  cloud.add(service);
  closers.push(() => cloud.close());
  const nowSeconds = () => Math.floor(cloud.clock.now() / 1000);
  return {
    ...{ cloud, service, nowSeconds },
    put: (pk: string, expiresAt: { N: string } | { S: string }) =>
      service.handle({
        operation: 'PutItem',
        input: { TableName, Item: { pk: { S: pk }, expiresAt } },
        caller: operator,
      }),
    keys: async () => {
      const { Items } = await service.handle({ operation: 'Scan', input: { TableName }, caller: operator });
      return (Items as unknown as { pk: { S: string } }[]).map(({ pk }) => pk.S).toSorted();
    },
  };
}

describe('an item whose time to live', () => {
  test('has passed by the clock is deleted, within two minutes, and others are not', async () => {
    const { cloud, put, keys, nowSeconds } = await givenTable();
    await put('soon', { N: String(nowSeconds() + 900) });
    await put('later', { N: String(nowSeconds() + 90_000) });
    await put('never', { S: 'not a number' });
    await put('nonsense', { N: '5' });
    await cloud.advance(890_000);
    expect(await keys()).toEqual(['later', 'never', 'nonsense', 'soon']);
    await cloud.advance(130_000);
    expect(await keys()).toEqual(['later', 'never', 'nonsense']);
    await cloud.advance(90_000_000);
    expect(await keys()).toEqual(['never', 'nonsense']);
  });

  test('was prolonged is kept', async () => {
    const { cloud, put, keys, nowSeconds } = await givenTable();
    await put('a', { N: String(nowSeconds() + 120) });
    await cloud.advance(100_000);
    await put('a', { N: String(nowSeconds() + 3_600) });
    await cloud.advance(600_000);
    expect(await keys()).toEqual(['a']);
  });

  test('passes while nothing is written costs one pass, not one a minute', async () => {
    const { cloud, service, put, nowSeconds } = await givenTable();
    await put('a', { N: String(nowSeconds() + 30 * 86_400) });
    let changes = 0;
    service.onWrite(() => (changes += 1));
    await cloud.advance(61_000);
    const startedAt = performance.now();
    await cloud.advance(31 * 86_400_000);
    expect(changes).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
