import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { UnpublishedBatch, UnpublishedBatches } from '../../core/payments/ports.ts';

/**
 * What Lambda writes to the on-failure queue of a DynamoDB stream: where and when, without the records.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
const failure = z.object({
  DDBStreamBatchInfo: z.object({
    approximateArrivalOfFirstRecord: z.coerce.date(),
    approximateArrivalOfLastRecord: z.coerce.date(),
  }),
});

/** The queue of batches that publish-events could not publish. */
export function sqsUnpublishedBatches(queueUrl: string): UnpublishedBatches {
  const client = new SQSClient({ maxAttempts: 3 });
  return {
    receive: async () => {
      const { Messages: messages } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 300 }),
      );
      return (messages ?? []).flatMap(({ Body: body, ReceiptHandle: receipt }) =>
        body === undefined || receipt === undefined ? [] : [toBatch(body, receipt)],
      );
    },
    done: async ({ receipt }) => {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
    },
  };
}

function toBatch(body: string, receipt: string): UnpublishedBatch {
  const { DDBStreamBatchInfo: info } = failure.parse(JSON.parse(body));
  return { receipt, from: info.approximateArrivalOfFirstRecord, to: info.approximateArrivalOfLastRecord };
}
