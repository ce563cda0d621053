import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { StreamPlace, UnpublishedBatch, UnpublishedBatches } from '../../core/events/ports.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';

/**
 * What Lambda writes to the on-failure queue of a DynamoDB stream: where and when, without the records.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const failure = z.object({
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/u),
    endSequenceNumber: z.string().regex(/^\d+$/u),
    approximateArrivalOfFirstRecord: z.coerce.date(),
    approximateArrivalOfLastRecord: z.coerce.date(),
  }),
});

/** The queue of batches that a stream's function could not publish. */
export function sqsUnpublishedBatches(queueUrl: string): UnpublishedBatches {
  const client = withoutLogger(
    new SQSClient({ ...leanSettings, maxAttempts: 3, requestHandler: requestsWithin(5000) }),
  );
  return {
    receive: async () => {
      const { Messages: messages } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 300 }),
      );
      return (messages ?? []).flatMap(({ Body: body, ReceiptHandle: receipt }) => {
        const batch = body === undefined || receipt === undefined ? undefined : toBatch(body, receipt);
        return batch ? [batch] : [];
      });
    },
    done: async ({ receipt }) => {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
    },
  };
}

/** What is no such word goes to the dead letters by being received too often; it keeps no other from being read. */
function toBatch(body: string, receipt: string): UnpublishedBatch | undefined {
  const read = readFailure(body);
  if (!read) {
    console.error({ message: 'a message in the queue of unpublished batches is not from Lambda' });
    return undefined;
  }
  const { DDBStreamBatchInfo: info } = read;
  return {
    receipt,
    place: toPlace(read),
    from: info.approximateArrivalOfFirstRecord,
    to: info.approximateArrivalOfLastRecord,
  };
}

/** Where in the stream the batch is. */
export function toPlace({ DDBStreamBatchInfo: info }: z.infer<typeof failure>): StreamPlace {
  const { streamArn, shardId, startSequenceNumber: first, endSequenceNumber: last } = info;
  return { streamArn, shardId, first, last };
}

function readFailure(body: string): z.infer<typeof failure> | undefined {
  try {
    return failure.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
