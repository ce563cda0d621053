import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { requestsWithin } from '../request-options.ts';

export interface UnjournaledRecord {
  readonly objectId: string;
  readonly sortKey: string;
  readonly reason: string;
}

/** Where transitions wait that the journal could not take: their keys and why, never what they hold. */
export function sqsUnjournaledRecords(
  queueUrl: string,
  client = new SQSClient({ maxAttempts: 3, requestHandler: requestsWithin(2000) }),
) {
  return {
    putAside: async (record: UnjournaledRecord): Promise<void> => {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(record) }));
    },
  };
}
