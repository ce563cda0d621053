import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import { text } from '../data-services/harness.ts';
import { closeAll, givenMapping, streamArn } from './stream-world.ts';
import type { Handler } from './stream-world.ts';

afterEach(closeAll);

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
