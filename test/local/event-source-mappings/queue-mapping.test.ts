import { afterEach, describe, expect, test } from '@jest/globals';
import { createEventSourceMappings } from '../../../local/event-source-mappings/event-source-mappings.ts';
import type { JsonObject } from '../../../local/kernel/service.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import { functionResource, givenCloud, givenLambda, queueResource, resource } from '../data-services/harness.ts';

const queueArn = 'arn:aws:sqs:eu-central-1:000000000000:Stack-Queue';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
}

function givenMapping(handler: (records: readonly QueueRecord[]) => unknown, more: JsonObject = {}) {
  const redrive = {
    deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:Stack-DeadLetters',
    maxReceiveCount: 2,
  };
  const mapping = resource('AWS::Lambda::EventSourceMapping', 'Mapping', {
    EventSourceArn: queueArn,
    FunctionName: 'arn:aws:lambda:eu-central-1:000000000000:function:Stack-Function',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...more,
  });
  const queue = queueResource('Queue', { RedrivePolicy: redrive });
  const cloud = givenCloud([queue, queueResource('DeadLetters'), functionResource('Function'), mapping]);
  const queues = createQueueService(cloud.options);
  const mappings = createEventSourceMappings({
    ...cloud.options,
    queues,
    streams: { onWrite: () => undefined },
  });
  cloud.add(queues);
  cloud.add({ ...mappings, handle: () => Promise.reject(new Error('no API')) });
  const batches: string[][] = [];
  cloud.add(
    givenLambda((payload) => {
      const records = payload['Records'] as unknown as QueueRecord[];
      batches.push(records.map(({ body }) => body));
      return handler(records);
    }),
  );
  closers.push(() => cloud.close());
  mappings.start();
  const call = (operation: string, name: string, input: JsonObject) =>
    queues.handle({
      operation,
      input: { QueueUrl: `https://sqs/0/Stack-${name}`, ...input },
      caller: { kind: 'operator' },
    });
  return {
    ...{ cloud, batches },
    send: (...bodies: readonly string[]) =>
      call('SendMessageBatch', 'Queue', {
        Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
      }),
    count: async (name: string) => {
      const { Attributes } = await call('GetQueueAttributes', name, { AttributeNames: ['All'] });
      const counts = Attributes as Record<string, string>;
      return Number(counts['ApproximateNumberOfMessages']) + Number(counts['ApproximateNumberOfMessagesNotVisible']);
    },
  };
}

describe('messages of a queue', () => {
  test('are handed over in batches and deleted when the function succeeds', async () => {
    const { cloud, batches, send, count } = givenMapping(() => null, { BatchSize: 2 });
    await send('a', 'b', 'c');
    await cloud.settled();
    expect(batches).toEqual([['a', 'b'], ['c']]);
    expect(await count('Queue')).toBe(0);
  });

  test('that the function fails come again, and end in the dead-letter queue; the others are deleted', async () => {
    const { cloud, batches, send, count } = givenMapping((records) => ({
      batchItemFailures: records
        .filter(({ body }) => body === 'b')
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    }));
    await send('a', 'b', 'c');
    await cloud.settled();
    expect(await count('Queue')).toBe(1);
    await cloud.advance(120_000);
    expect(batches).toEqual([['a', 'b', 'c'], ['b']]);
    expect(await count('Queue')).toBe(0);
    expect(await count('DeadLetters')).toBe(1);
  });

  test('that no filter matches are deleted', async () => {
    const Pattern = JSON.stringify({ body: { kind: ['wanted'] } });
    const { cloud, batches, send, count } = givenMapping(() => null, { FilterCriteria: { Filters: [{ Pattern }] } });
    await send('{"kind":"wanted"}', '{"kind":"other"}', 'text');
    await cloud.settled();
    expect(batches).toEqual([['{"kind":"wanted"}']]);
    expect(await count('Queue')).toBe(0);
  });
});
