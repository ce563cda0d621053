import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { requestsWithin } from '../request-options.ts';

/** What waits for its minute: payments that were opened, or that had a movement begun. */
export const begunPayments = z.object({ paymentIds: z.array(z.string()).max(100) });

/** A minute after it was begun a payment has ended, or somebody has to look after it. */
const delaySeconds = 60;

/** Where payments wait until somebody sees whether they came to an end. */
export function sqsBegunPayments(queueUrl: string) {
  const client = new SQSClient({ maxAttempts: 3, requestHandler: requestsWithin(5000) });
  return {
    /** Up to a hundred ids: one message, far below its 256 KB. */
    put: async (paymentIds: readonly string[]): Promise<void> => {
      const body = JSON.stringify({ paymentIds });
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delaySeconds }));
    },
  };
}
