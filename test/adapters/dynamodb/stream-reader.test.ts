import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  ListStreamsCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { dynamoStreamReader } from '../../../adapters/dynamodb/stream-reader.ts';
import { streamedTransitions } from '../../../adapters/dynamodb/streamed-transitions.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, givenDynamo } from './dynamo-world.ts';

const withTables = dynoxide === undefined ? test.skip : test;
let world: DynamoWorld;
let client: DynamoDBStreamsClient;
let shard: { streamArn: string; shardId: string };
let reads = 0;

beforeAll(async () => {
  if (dynoxide === undefined) return;
  world = await givenDynamo([
    {
      TableName: 'streamed',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    },
  ]);
  client = streamsClient();
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'GetRecordsCommand') reads += 1;
        return next(args);
      },
    { step: 'initialize' },
  );
  // Records 1 to 20: each second one a transition, and one of those unreadable.
  for (let index = 1; index <= 20; index += 1) {
    const sk = index % 2 === 0 ? `transition#${index}` : `payment#${index}`;
    const item = { pk: { S: 'p' }, sk: { S: sk }, ...(index === 8 ? {} : { n: { N: String(index) } }) };
    await world.client.send(new PutItemCommand({ TableName: 'streamed', Item: item }));
  }
  const { Streams: streams } = await client.send(new ListStreamsCommand({ TableName: 'streamed' }));
  const streamArn = streams?.[0]?.StreamArn ?? '';
  const { StreamDescription: described } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  shard = { streamArn, shardId: described?.Shards?.[0]?.ShardId ?? '' };
});

afterAll(async () => {
  if (dynoxide === undefined) return;
  client.destroy();
  await world.close();
});

function streamsClient(): DynamoDBStreamsClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBStreamsClient({ endpoint: world.endpoint, region: 'eu-central-1', credentials });
}

const place = (first: number, last: number) => ({ ...shard, first: String(first), last: String(last) });
const parse = (item: Record<string, { N?: string | undefined }>) => {
  if (item['n']?.N === undefined) throw new Error('no number');
  return Number(item['n'].N);
};

withTables('a place answers its transitions, and names those that cannot be read', async () => {
  const streamed = streamedTransitions(dynamoStreamReader(client), parse);
  expect(await streamed.at(place(3, 10))).toEqual({ transitions: [4, 6, 10], unreadable: ['p transition#8'] });
  expect(await streamed.at(place(3, 3))).toEqual({ transitions: [], unreadable: [] });
});

withTables('places in their order are read together, others are read again', async () => {
  const streamed = streamedTransitions(dynamoStreamReader(client), parse);
  reads = 0;
  for (const at of [2, 4, 6, 10, 20]) {
    expect(await streamed.at(place(at, at))).toEqual({ transitions: [at], unreadable: [] });
  }
  expect(reads).toBe(1);
  expect(await streamed.at(place(2, 2))).toEqual({ transitions: [2], unreadable: [] });
  expect(reads).toBe(2);
});

withTables('what the stream no longer has is trimmed, not mistaken for what follows', async () => {
  const streamed = streamedTransitions(dynamoStreamReader(client), parse);
  expect(await streamed.at(place(0, 4))).toBe('trimmed');
  expect(await streamed.at(place(4, 4))).toEqual({ transitions: [4], unreadable: [] });
});

withTables('what AWS says of trimmed records is taken as that; every other error is thrown', async () => {
  let error: Error = new TrimmedDataAccessException({ message: 'trimmed', $metadata: {} });
  const failing = streamsClient();
  failing.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        commandName === GetRecordsCommand.name ? Promise.reject(error) : next(args),
    { step: 'initialize' },
  );
  const reader = dynamoStreamReader(failing);
  expect(await reader.at(place(1, 2))).toBe('trimmed');
  error = new Error('busy');
  await expect(reader.at(place(1, 2))).rejects.toThrow('busy');
  failing.destroy();
});
