import type { JsonObject } from '../kernel/service.ts';
import { md5, md5OfAttributes, selectAttributes } from './message-attributes.ts';
import type { StoredMessage } from './message-store.ts';
import type { Queue } from './queue-definition.ts';
import type { ReceiveRequest } from './queue-requests.ts';

/** A message as ReceiveMessage hands it out, with the attributes that were asked for. */
export function toReceived(message: StoredMessage, request: ReceiveRequest): JsonObject {
  const wanted = [...request.AttributeNames, ...request.MessageSystemAttributeNames];
  const attributes = selectNamed(systemAttributesOf(message), wanted);
  const own = selectAttributes(message.attributes, request.MessageAttributeNames);
  const digest = md5OfAttributes(own);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receipt ?? '',
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }),
    ...(digest === undefined ? {} : { MessageAttributes: plainAttributes(own), MD5OfMessageAttributes: digest }),
  };
}

/** GetQueueAttributes' answer: everything is text. */
export function describeQueue(
  queue: Queue,
  count: { readonly visible: number; readonly inFlight: number; readonly delayed: number },
  wanted: readonly string[],
): JsonObject {
  const { redrive } = queue;
  return selectNamed(
    {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(count.visible),
      ApproximateNumberOfMessagesNotVisible: String(count.inFlight),
      ApproximateNumberOfMessagesDelayed: String(count.delayed),
      VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
      DelaySeconds: String(queue.delaySeconds),
      ReceiveMessageWaitTimeSeconds: String(queue.waitTimeSeconds),
      MessageRetentionPeriod: String(queue.retentionSeconds),
      MaximumMessageSize: String(queue.maximumMessageBytes),
      ...(redrive === undefined
        ? {}
        : {
            RedrivePolicy: JSON.stringify({
              deadLetterTargetArn: redrive.deadLetterArn,
              maxReceiveCount: redrive.maximumReceives,
            }),
          }),
    },
    wanted,
  );
}

function systemAttributesOf(message: StoredMessage): Readonly<Record<string, string>> {
  const trace = message.systemAttributes['AWSTraceHeader']?.StringValue;
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? ''),
    ...(message.deadLetterSource === null ? {} : { DeadLetterQueueSourceArn: message.deadLetterSource }),
    ...(trace === undefined ? {} : { AWSTraceHeader: trace }),
  };
}

function selectNamed(values: Readonly<Record<string, string>>, wanted: readonly string[]): Record<string, string> {
  const all = wanted.includes('All');
  return Object.fromEntries(Object.entries(values).filter(([name]) => all || wanted.includes(name)));
}

function plainAttributes(attributes: StoredMessage['attributes']): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        DataType,
        ...(StringValue === undefined ? {} : { StringValue }),
        ...(BinaryValue === undefined ? {} : { BinaryValue }),
      },
    ]),
  );
}
