import { afterEach, describe, expect, test } from '@jest/globals';
import { createEventSourceMappings } from '../../../local/event-source-mappings/event-source-mappings.ts';
import type { Call } from '../../../local/kernel/service.ts';
import { functionResource, givenCloud, temporaryFolder } from '../data-services/harness.ts';
import { closeAll, closeLater, givenMapping, mapping, streamArn, table } from './stream-world.ts';
import type { StreamEvent } from './stream-world.ts';

afterEach(closeAll);

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
    closeLater(() => cloud.close());
    const [streams, queues] = [{ onWrite: () => undefined }, { onAvailable: () => undefined }];
    expect(() => createEventSourceMappings({ ...cloud.options, streams, queues })).toThrow(message);
  });
});
