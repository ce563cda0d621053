import { afterEach, describe, expect, test } from '@jest/globals';
import {
  BatchGetItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import {
  clientConfiguration,
  eventually,
  givenCloud,
  resource,
  serve,
  temporaryFolder,
} from '../data-services/harness.ts';

const arn = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Stack-PaymentsTable';

function paymentsTable(more: JsonObject = {}, type = 'AWS::DynamoDB::GlobalTable'): Resource {
  const properties = {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk', 'ownerId'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byOwner',
        KeySchema: [{ AttributeName: 'ownerId', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    Replicas: [{ Region: 'eu-central-1', DeletionProtectionEnabled: true }],
    ...more,
  };
  return resource(type, 'PaymentsTable', properties, { arn });
}

const closers: (() => Promise<void> | void)[] = [];
async function closeAll() {
  for (const close of closers.splice(0).reverse()) await close();
}
afterEach(closeAll);

async function givenDynamoDb(table = paymentsTable(), dataDir = temporaryFolder()) {
  const cloud = givenCloud([table], dataDir);
  const service = await createDynamoDbService(cloud.options);
  cloud.add(service);
  closers.push(() => cloud.close());
  const served = await serve(cloud.clock, service);
  closers.push(() => served.close());
  const dynamoDb = new DynamoDBClient(clientConfiguration(served));
  const streams = new DynamoDBStreamsClient(clientConfiguration(served));
  closers.push(() => dynamoDb.destroy());
  closers.push(() => streams.destroy());
  return { cloud, service, dynamoDb, streams, dataDir };
}

const TableName = 'Stack-PaymentsTable';
const put = (pk: string, more: Record<string, { S: string } | { N: string }> = {}) =>
  new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: 'payment' }, ...more } });
const get = (pk: string) => new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: 'payment' } } });

async function readStream(streams: DynamoDBStreamsClient) {
  const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName }));
  const StreamArn = Streams[0]?.StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const shard = StreamDescription?.Shards?.[0];
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId: shard?.ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  return { StreamArn, shard, Records };
}

describe('a table of the template', () => {
  test('is made with its keys, index, stream, time to live and deletion protection, under its own ARNs', async () => {
    const { dynamoDb } = await givenDynamoDb();
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    expect(Table?.TableArn).toBe(arn);
    expect(Table?.LatestStreamArn).toBe(`${arn}/stream/2026-01-01T00:00:00.000`);
    expect(Table?.GlobalSecondaryIndexes?.[0]?.IndexArn).toBe(`${arn}/index/byOwner`);
    expect(Table?.DeletionProtectionEnabled).toBe(true);
    const { TimeToLiveDescription } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  });

  test('keeps its items over a restart and gets the indexes that the template adds', async () => {
    const first = await givenDynamoDb();
    await first.dynamoDb.send(put('pay_1', { region: { S: 'north' } }));
    await closeAll();

    const indexes = ['byOwner', 'byRegion'].map((IndexName, index) => ({
      IndexName,
      KeySchema: [{ AttributeName: index === 0 ? 'ownerId' : 'region', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    }));
    const attributes = ['pk', 'sk', 'ownerId', 'region'].map((name) => ({ AttributeName: name, AttributeType: 'S' }));
    const grown = paymentsTable({ GlobalSecondaryIndexes: indexes, AttributeDefinitions: attributes });
    const second = await givenDynamoDb(grown, first.dataDir);
    const { Items } = await second.dynamoDb.send(
      new QueryCommand({
        TableName,
        IndexName: 'byRegion',
        KeyConditionExpression: '#r = :r',
        ExpressionAttributeNames: { '#r': 'region' },
        ExpressionAttributeValues: { ':r': { S: 'north' } },
      }),
    );
    expect(Items).toEqual([{ pk: { S: 'pay_1' }, sk: { S: 'payment' }, region: { S: 'north' } }]);
  });

  test('whose stored keys differ from the template stops the start with an error that names both', async () => {
    const first = await givenDynamoDb();
    await closeAll();
    const other = paymentsTable({ KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] });
    await expect(givenDynamoDb(other, first.dataDir)).rejects.toThrow(
      /contradicts the stored table Stack-PaymentsTable: it wants HASH pk \(S\), but stored is HASH pk \(S\), RANGE sk/u,
    );
  });
});

describe('calls', () => {
  test('reach the server, and errors keep their AWS names and members', async () => {
    const { dynamoDb } = await givenDynamoDb();
    await dynamoDb.send(put('pay_1', { amount: { N: '1' } }));
    await dynamoDb.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: 'pay_1' }, sk: { S: 'payment' } },
        UpdateExpression: 'SET amount = amount + :more',
        ExpressionAttributeValues: { ':more': { N: '2' } },
      }),
    );
    expect((await dynamoDb.send(get('pay_1'))).Item?.['amount']).toEqual({ N: '3' });
    const again = new PutItemCommand({ ...put('pay_1').input, ConditionExpression: 'attribute_not_exists(pk)' });
    await expect(dynamoDb.send(again)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [{ Put: { ...again.input, Item: again.input.Item } }],
    });
    await expect(dynamoDb.send(transaction)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ConditionalCheckFailed' }],
    });
  });

  test.each([
    [
      '101 items in a transaction',
      { TransactItems: Array.from({ length: 101 }, (_, n) => ({ Put: put(String(n)).input })) },
    ],
  ])('with %s are refused without repeating the request', async (_, input) => {
    const { dynamoDb } = await givenDynamoDb();
    const refused = dynamoDb.send(new TransactWriteItemsCommand(input as never));
    await expect(refused).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.not.stringContaining('payment'),
    });
  });

  test('with 101 keys in a batch, 101 operands of IN, or an item over 400 KB are refused', async () => {
    const { dynamoDb } = await givenDynamoDb();
    const Keys = Array.from({ length: 101 }, (_, n) => ({ pk: { S: String(n) }, sk: { S: 'x' } }));
    await expect(dynamoDb.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }))).rejects.toThrow(
      /100/u,
    );
    const operands = Array.from({ length: 101 }, (_, n) => `:v${String(n)}`);
    const scan = new ScanCommand({
      TableName,
      FilterExpression: `amount IN (${operands.join(', ')})`,
      ExpressionAttributeValues: Object.fromEntries(operands.map((name) => [name, { S: 'x' }])),
    });
    await expect(dynamoDb.send(scan)).rejects.toThrow(/too many operands/u);
    await expect(dynamoDb.send(put('big', { text: { S: 'x'.repeat(400 * 1024) } }))).rejects.toThrow(/size/u);
  });
});

describe('the stream', () => {
  test('has one open shard whose records carry our region, unique ids and the time of the clock', async () => {
    const { dynamoDb, streams, cloud } = await givenDynamoDb();
    await dynamoDb.send(put('pay_1'));
    // The server's stamps have seconds: what is written in the second of the shift counts as written after it.
    const second = Math.floor(Date.now() / 1000);
    await eventually(() => Math.floor(Date.now() / 1000) > second, 'the next second begins');
    await cloud.advance(3_600_000);
    await dynamoDb.send(put('pay_2'));
    const { StreamArn, shard, Records } = await readStream(streams);
    expect(StreamArn).toBe(`${arn}/stream/2026-01-01T00:00:00.000`);
    expect(shard?.SequenceNumberRange).toEqual({ StartingSequenceNumber: '1' });
    expect(Records.map(({ eventName, awsRegion }) => [eventName, awsRegion])).toEqual([
      ['INSERT', 'eu-central-1'],
      ['INSERT', 'eu-central-1'],
    ]);
    const [earlier, later] = Records.map(({ dynamodb }) => Number(dynamodb?.ApproximateCreationDateTime));
    expect(Number(later) - Number(earlier)).toBeGreaterThanOrEqual(3_600_000);
    expect(new Set(Records.map(({ eventID }) => eventID)).size).toBe(2);
  });
});
