import { afterEach, describe, expect, test } from '@jest/globals';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { createEventSourceMappings } from '../../../local/event-source-mappings/event-source-mappings.ts';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { Call, JsonObject, Resource } from '../../../local/kernel/service.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import {
  functionResource,
  givenCloud,
  givenLambda,
  queueResource,
  resource,
  temporaryFolder,
  text,
} from '../data-services/harness.ts';

const tableArn = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Stack-Table';
const streamArn = `${tableArn}/stream/2026-01-01T00:00:00.000`;
const deadLetterArn = 'arn:aws:sqs:eu-central-1:000000000000:Stack-Unpublished';
const operator = { kind: 'operator' } as const;

const table = resource(
  'AWS::DynamoDB::Table',
  'Table',
  {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  },
  { arn: tableArn },
);

function mapping(more: JsonObject = {}): Resource {
  return resource('AWS::Lambda::EventSourceMapping', 'Mapping', {
    EventSourceArn: streamArn,
    FunctionName: 'Stack-Function',
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: deadLetterArn } },
    ...more,
  });
}

const closers: (() => Promise<void> | void)[] = [];
afterEach(closeAll);
async function closeAll() {
  for (const close of closers.splice(0).reverse()) await close();
}

/** The keys of the records that the function is given, an invocation a list. */
type Handler = (keys: readonly string[], records: readonly StreamEvent[], call: Call) => unknown;
interface StreamEvent {
  readonly eventSourceARN: string;
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: { readonly pk: { readonly S: string } } };
}

async function givenMapping(handler: Handler, more: JsonObject = {}, dataDir = temporaryFolder(), start = true) {
  const resources = [table, functionResource('Function'), queueResource('Unpublished'), mapping(more)];
  const cloud = givenCloud(resources, dataDir);
  const dynamoDb = await createDynamoDbService(cloud.options);
  const queues = createQueueService(cloud.options);
  const mappings = createEventSourceMappings({ ...cloud.options, streams: dynamoDb, queues });
  const batches: string[][] = [];
  cloud.add(dynamoDb);
  cloud.add(queues);
  cloud.add({ ...mappings, handle: () => Promise.reject(new Error('no API')) });
  cloud.add(
    givenLambda((payload, call) => {
      const records = payload['Records'] as unknown as StreamEvent[];
      const keys = records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
      batches.push(keys);
      return handler(keys, records, call);
    }),
  );
  closers.push(() => cloud.close());
  if (start) mappings.start();
  return {
    ...{ cloud, mappings, batches, dataDir },
    put: async (...keys: readonly string[]) => {
      for (const key of keys) {
        const input = { TableName: 'Stack-Table', Item: { pk: { S: key } } };
        await dynamoDb.handle({ operation: 'PutItem', input, caller: operator });
      }
    },
    letters: async () => {
      const input = { QueueUrl: 'https://sqs/0/Stack-Unpublished', MaxNumberOfMessages: 10 };
      const answer = await queues.handle({ operation: 'ReceiveMessage', input, caller: operator });
      const messages = (answer['Messages'] ?? []) as unknown as { Body: string }[];
      return messages.map(({ Body }) => JSON.parse(Body) as JsonObject);
    },
  };
}

const failing = (...poison: readonly string[]): Handler => {
  return (keys) => {
    if (keys.some((key) => poison.includes(key))) throw new Error('poison');
  };
};
const reporting = (...poison: readonly string[]): Handler => {
  return (keys, records) => ({
    batchItemFailures: records
      .filter((_, index) => poison.includes(text(keys[index])))
      .map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
  });
};

describe('records', () => {
  test('come in order, in batches, read by the role of the function, and each once when all goes well', async () => {
    const seen: { records: readonly StreamEvent[]; call: Call }[] = [];
    const { cloud, batches, put } = await givenMapping((_, records, call) => void seen.push({ records, call }), {
      BatchSize: 2,
    });
    await put('a', 'b', 'c', 'd', 'e');
    await cloud.settled();
    expect(batches.flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(2);
    expect(seen[0]?.records[0]).toMatchObject({
      eventSourceARN: streamArn,
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
    });
    const reading = cloud.calls.filter(({ service }) => service === 'dynamodb');
    expect(new Set(reading.map(({ call }) => call.operation))).toEqual(
      new Set(['ListStreams', 'DescribeStream', 'GetShardIterator', 'GetRecords']),
    );
    for (const { call } of reading) {
      expect(call.caller).toEqual({ kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/Stack-FunctionRole' });
    }
  });

  test('that no filter matches are passed over', async () => {
    const Pattern = JSON.stringify({
      eventName: ['INSERT'],
      dynamodb: { Keys: { pk: { S: [{ prefix: 'transition#' }] } } },
    });
    const { cloud, batches, put } = await givenMapping(() => null, { FilterCriteria: { Filters: [{ Pattern }] } });
    await put('payment', 'transition#1', 'payment', 'transition#1', 'transition#2');
    await cloud.settled();
    expect(batches.flat()).toEqual(['transition#1', 'transition#2']);
  });

  test('wait for company until the batching window is over, or the batch is full', async () => {
    const { cloud, batches, put } = await givenMapping(() => null, {
      MaximumBatchingWindowInSeconds: 10,
      BatchSize: 3,
    });
    await put('a', 'b');
    await cloud.advance(9_000);
    expect(batches).toEqual([]);
    await cloud.advance(1_500);
    expect(batches).toEqual([['a', 'b']]);
    await put('c', 'd', 'e');
    await cloud.settled();
    expect(batches.slice(1)).toEqual([['c', 'd', 'e']]);
  });

  test('that were there before a mapping from the latest began are not for it', async () => {
    const { cloud, mappings, batches, put } = await givenMapping(
      () => null,
      { StartingPosition: 'LATEST' },
      temporaryFolder(),
      false,
    );
    await put('old');
    mappings.start();
    await cloud.settled();
    await put('new');
    await cloud.settled();
    expect(batches.flat()).toEqual(['new']);
  });
});

describe('a batch that fails', () => {
  test('blocks what follows and is tried again with growing pauses until it succeeds', async () => {
    let attempts = 0;
    const { cloud, batches, put } = await givenMapping(() => {
      attempts += 1;
      if (attempts <= 3) throw new Error('not yet');
    });
    await put('a');
    await cloud.settled();
    await put('b');
    await cloud.settled();
    expect(batches).toEqual([['a']]);
    await cloud.advance(10_000);
    expect(batches.slice(0, 4)).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(batches.at(-1)).toEqual(['b']);
  });

  test('is bisected until the bad record is alone, which is given up to the destination; all others get through', async () => {
    const done: string[] = [];
    const { cloud, put, letters } = await givenMapping(
      (keys) => {
        if (keys.includes('c')) throw new Error('poison');
        done.push(...keys);
      },
      { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2, MaximumBatchingWindowInSeconds: 1 },
    );
    await put('a', 'b', 'c', 'd', 'e', 'f');
    await cloud.advance(60_000);
    expect(done).toEqual(['a', 'b', 'd', 'e', 'f']);
    expect(await letters()).toEqual([
      {
        version: '1.0',
        timestamp: expect.any(String),
        requestContext: {
          requestId: expect.any(String),
          functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:Stack-Function',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 3,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        DDBStreamBatchInfo: {
          shardId: expect.stringContaining('shardId-'),
          startSequenceNumber: '3',
          endSequenceNumber: '3',
          approximateArrivalOfFirstRecord: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
          approximateArrivalOfLastRecord: expect.any(String),
          batchSize: 1,
          streamArn,
        },
      },
    ]);
  });

  test('in part goes on behind what succeeded', async () => {
    const { cloud, batches, put, letters } = await givenMapping(reporting('b'), {
      MaximumRetryAttempts: 1,
      MaximumBatchingWindowInSeconds: 1,
    });
    await put('a', 'b', 'c');
    await cloud.advance(60_000);
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
    expect(await letters()).toMatchObject([
      { DDBStreamBatchInfo: { startSequenceNumber: '2', endSequenceNumber: '3', batchSize: 2 } },
    ]);
  });

  test('with an answer of another shape, or an identifier that is none of its own, fails as a whole', async () => {
    for (const answer of [
      { batchItemFailures: [{ itemIdentifier: '' }] },
      { batchItemFailures: [{ itemIdentifier: '99' }] },
    ]) {
      const { cloud, put, letters } = await givenMapping(() => answer, { MaximumRetryAttempts: 0 });
      await put('a');
      await cloud.settled();
      expect(await letters()).toHaveLength(1);
    }
  });

  test('until its records are too old is given up', async () => {
    const { cloud, put, letters } = await givenMapping(failing('a'), { MaximumRecordAgeInSeconds: 60 });
    await put('a');
    await cloud.advance(58_000);
    expect(await letters()).toEqual([]);
    await cloud.advance(70_000);
    expect(await letters()).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  test('because the function is throttled uses up no attempts', async () => {
    let calls = 0;
    const { cloud, put, letters, batches } = await givenMapping(
      () => {
        calls += 1;
        if (calls < 10) throw new AwsError('TooManyRequestsException', 'Rate exceeded', 429);
      },
      { MaximumRetryAttempts: 1 },
    );
    await put('a');
    await cloud.advance(600_000);
    expect(batches).toHaveLength(10);
    expect(await letters()).toEqual([]);
  });

  test('keeps its attempts and its place over a restart', async () => {
    const options = { MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true, MaximumBatchingWindowInSeconds: 1 };
    const first = await givenMapping(failing('b'), options);
    await first.put('a', 'b', 'c');
    await first.cloud.advance(1_200);
    expect(first.batches).toEqual([['a', 'b', 'c'], ['a'], ['b', 'c'], ['b']]);
    await closeAll();

    const second = await givenMapping(failing('b'), options, first.dataDir);
    await second.cloud.advance(60_000);
    expect(second.batches).toEqual([['b'], ['c']]);
    expect(await second.letters()).toHaveLength(1);
  });
});

describe('a fault of delivery', () => {
  test('that drops records has them come again, and one that doubles them shows', async () => {
    const { cloud, batches, put } = await givenMapping(() => null, { MaximumBatchingWindowInSeconds: 1 });
    cloud.options.faults.deliver = (_service, [first, ...others]) => ({
      delivered: first === undefined ? [] : [first, first],
      dropped: others,
    });
    await put('a', 'b');
    await cloud.advance(1_100);
    expect(batches).toEqual([['a', 'a']]);
    cloud.options.faults.deliver = (_service, batch) => ({ delivered: batch, dropped: [] });
    await cloud.advance(5_000);
    expect(batches).toEqual([['a', 'a'], ['b']]);
  });
});

describe('a mapping', () => {
  test.each([
    ['a Kinesis stream', { EventSourceArn: 'arn:aws:kinesis:r:a:stream/x' }, /Stack\/Mapping reads arn:aws:kinesis/u],
    ['a function that is not there', { FunctionName: 'other' }, /names the function other/u],
    ['a filter that is not served', { FilterCriteria: { Filters: [{ Pattern: '{"a":[{"cidr":"x"}]}' }] } }, /cidr/u],
    ['a tumbling window', { TumblingWindowInSeconds: 5 }, /tumbling window/u],
  ])('with %s stops the start, by name', (_, more, message) => {
    const cloud = givenCloud([table, functionResource('Function'), mapping(more)]);
    closers.push(() => cloud.close());
    const [streams, queues] = [{ onWrite: () => undefined }, { onAvailable: () => undefined }];
    expect(() => createEventSourceMappings({ ...cloud.options, streams, queues })).toThrow(message);
  });
});
