import { afterEach, describe, expect, test } from '@jest/globals';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { JsonObject } from '../../../local/kernel/service.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import { clientConfiguration, givenCloud, queueResource, serve } from '../data-services/harness.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function givenQueue(properties: JsonObject = {}) {
  const deadLetters = queueResource('DeadLetters');
  const cloud = givenCloud([queueResource('Queue', properties), deadLetters]);
  const service = createQueueService(cloud.options);
  cloud.add(service);
  const gateway = await serve(cloud.clock, service);
  const sqs = new SQSClient(clientConfiguration(gateway));
  closers.push(() => cloud.close());
  closers.push(() => gateway.close());
  closers.push(() => sqs.destroy());
  const QueueUrl = `${gateway.url}/000000000000/Stack-Queue`;
  return {
    ...{ cloud, service, sqs, QueueUrl, deadLetterUrl: `${gateway.url}/000000000000/Stack-DeadLetters` },
    send: (MessageBody: string, more = {}) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    receive: async (more = {}) => {
      const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...more };
      return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
    },
  };
}

describe('a message', () => {
  test('is received with its attributes and digests, stays hidden, and is gone once deleted', async () => {
    const { cloud, sqs, QueueUrl, send, receive } = await givenQueue();
    const attributes = {
      amount: { DataType: 'Number', StringValue: '12' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
    };
    // The client itself compares the digests of body and attributes, on both ways.
    const { MessageId, MD5OfMessageAttributes } = await send('héllo', { MessageAttributes: attributes });
    const [message] = await receive({ MessageAttributeNames: ['All'] });
    expect(message).toMatchObject({
      ...{ MessageId, MD5OfMessageAttributes, Body: 'héllo', MessageAttributes: attributes },
      Attributes: { ApproximateReceiveCount: '1', SenderId: 'operator' },
    });
    expect(await receive()).toEqual([]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    await cloud.advance(60_000);
    expect(await receive()).toEqual([]);
  });

  test('that is not deleted shows itself again after its visibility time-out, and its old receipt deletes nothing', async () => {
    const { cloud, sqs, QueueUrl, send, receive } = await givenQueue({ VisibilityTimeout: '45' });
    await send('again');
    const [first] = await receive();
    await cloud.advance(44_000);
    expect(await receive()).toEqual([]);
    await cloud.advance(1_500);
    const [second] = await receive();
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    expect(await receive()).toHaveLength(1);
  });

  test('with a delay comes when the clock has passed it, also to a receiver that waits', async () => {
    const { cloud, send, receive } = await givenQueue();
    await send('later', { DelaySeconds: 10 });
    expect(await receive()).toEqual([]);
    const waiting = receive({ WaitTimeSeconds: 20 });
    await cloud.advance(11_000);
    expect((await waiting).map(({ Body }) => Body)).toEqual(['later']);
  });

  test('that was received too often moves to the dead-letter queue, which says where it came from', async () => {
    const { cloud, deadLetterUrl, send, receive } = await givenQueue({
      RedrivePolicy: {
        deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:Stack-DeadLetters',
        maxReceiveCount: 2,
      },
    });
    await send('poison');
    for (let round = 0; round < 2; round++) {
      expect(await receive()).toHaveLength(1);
      await cloud.advance(31_000);
    }
    expect(await receive()).toEqual([]);
    const [dead] = await receive({ QueueUrl: deadLetterUrl });
    expect(dead?.Body).toBe('poison');
    expect(dead?.Attributes?.DeadLetterQueueSourceArn).toBe('arn:aws:sqs:eu-central-1:000000000000:Stack-Queue');
  });

  test('is forgotten after the retention period', async () => {
    const { cloud, send, receive } = await givenQueue({ MessageRetentionPeriod: 60 });
    await send('old');
    await cloud.advance(61_000);
    expect(await receive()).toEqual([]);
  });

  test('wakes a receiver that waits, and a listener of the queue', async () => {
    const { service, send, receive } = await givenQueue();
    let woken = 0;
    service.onAvailable('arn:aws:sqs:eu-central-1:000000000000:Stack-Queue', () => (woken += 1));
    const waiting = receive({ WaitTimeSeconds: 20 });
    await send('now');
    expect(await waiting).toHaveLength(1);
    expect(woken).toBeGreaterThan(0);
  });
});

describe('a batch', () => {
  test('succeeds entry by entry', async () => {
    const { sqs, QueueUrl, receive } = await givenQueue({ MaximumMessageSize: 1_024 });
    const Entries = [
      { Id: 'good', MessageBody: 'good' },
      { Id: 'long', MessageBody: 'x'.repeat(1_025) },
    ];
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(answer.Failed).toMatchObject([{ Id: 'long', SenderFault: true, Code: 'InvalidParameterValue' }]);
    const [message] = await receive();
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle: message?.ReceiptHandle }] }),
    );
    expect(deleted.Successful).toEqual([{ Id: 'a' }]);
  });

  test.each([
    ['no entry', 0, 'EmptyBatchRequest', (n: number) => String(n)],
    ['11 entries', 11, 'TooManyEntriesInBatchRequest', (n: number) => String(n)],
    ['an id twice', 2, 'BatchEntryIdsNotDistinct', () => 'same'],
  ])('with %s is refused as a whole', async (_, length, name, id) => {
    const { sqs, QueueUrl } = await givenQueue();
    const Entries = Array.from({ length }, (_each, n) => ({ Id: id(n), MessageBody: 'x' }));
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({ name });
  });
});

describe('a queue', () => {
  test('is found by name, counts its messages, and can be emptied', async () => {
    const { sqs, QueueUrl, send, receive } = await givenQueue();
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: 'Stack-Queue' }));
    expect(found.QueueUrl).toBe('https://sqs.eu-central-1.amazonaws.com/000000000000/Stack-Queue');
    await send('one');
    await send('two');
    await send('three', { DelaySeconds: 5 });
    await receive({ MaxNumberOfMessages: 1 });
    const attributes = async () =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes;
    expect(await attributes()).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      QueueArn: 'arn:aws:sqs:eu-central-1:000000000000:Stack-Queue',
    });
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessages: '0' });
  });

  test('that does not exist, an empty body, and control characters are answered by AWS names', async () => {
    const { sqs, QueueUrl, send } = await givenQueue();
    const absent = new SendMessageCommand({ QueueUrl: `${QueueUrl}x`, MessageBody: 'x' });
    await expect(sqs.send(absent)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(send('')).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(send('\u0000')).rejects.toMatchObject({ name: 'InvalidMessageContents' });
  });

  test('of the FIFO kind stops the start, by name', () => {
    const cloud = givenCloud([queueResource('Ordered', { FifoQueue: true })]);
    closers.push(() => cloud.close());
    expect(() => createQueueService(cloud.options)).toThrow(/Stack-Ordered is a FIFO queue/u);
  });
});
