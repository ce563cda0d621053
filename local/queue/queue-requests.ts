import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { JsonObject } from '../kernel/service.ts';
import { messageAttributes } from './message-attributes.ts';

const queueUrl = z.string();
const delaySeconds = z.number().int().min(0).max(900).optional();
const visibilityTimeout = z.number().int().min(0).max(43_200);
const entryId = z.string();
const names = z.array(z.string()).default([]);

const message = {
  MessageBody: z.string(),
  DelaySeconds: delaySeconds,
  MessageAttributes: messageAttributes.default({}),
  MessageSystemAttributes: messageAttributes.default({}),
};

/** What each operation takes. */
export const requests = {
  sendMessage: z.object({ QueueUrl: queueUrl, ...message }),
  sendMessageBatch: z.object({ QueueUrl: queueUrl, Entries: z.array(z.object({ Id: entryId, ...message })) }),
  receiveMessage: z.object({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
    VisibilityTimeout: visibilityTimeout.optional(),
    WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
    AttributeNames: names,
    MessageSystemAttributeNames: names,
    MessageAttributeNames: names,
  }),
  deleteMessage: z.object({ QueueUrl: queueUrl, ReceiptHandle: z.string() }),
  deleteMessageBatch: z.object({
    QueueUrl: queueUrl,
    Entries: z.array(z.object({ Id: entryId, ReceiptHandle: z.string() })),
  }),
  changeMessageVisibility: z.object({
    QueueUrl: queueUrl,
    ReceiptHandle: z.string(),
    VisibilityTimeout: visibilityTimeout,
  }),
  changeMessageVisibilityBatch: z.object({
    QueueUrl: queueUrl,
    Entries: z.array(z.object({ Id: entryId, ReceiptHandle: z.string(), VisibilityTimeout: visibilityTimeout })),
  }),
  getQueueUrl: z.object({ QueueName: z.string() }),
  getQueueAttributes: z.object({ QueueUrl: queueUrl, AttributeNames: names }),
  purgeQueue: z.object({ QueueUrl: queueUrl }),
} as const;

export type SendRequest = z.infer<typeof requests.sendMessage>;
export type ReceiveRequest = z.infer<typeof requests.receiveMessage>;

/** Parses a request. Throws AWS's MissingParameter or InvalidParameterValue; the value itself is never repeated. */
export function parseRequest<T>(schema: z.ZodType<T>, input: JsonObject): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && input[path] === undefined) {
    throw new AwsError('MissingParameter', `The request must contain the parameter ${path}.`);
  }
  throw new AwsError(
    'InvalidParameterValue',
    `Value for parameter ${path} is invalid. Reason: ${issue?.message ?? ''}`,
  );
}

const mostEntries = 10;

/** @throws AwsError as AWS does for a batch that is empty, too long, or names an entry twice. */
export function checkEntries(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > mostEntries) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { Id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/u.test(Id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(Id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    ids.add(Id);
  }
}
