import { randomUUID } from 'node:crypto';
import { AwsError } from '../kernel/aws-error.ts';
import type { Access, AwsService, Call, Caller, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { AvailabilityWatch } from './availability-watch.ts';
import { attributeBytes, checkAttributes, md5, md5OfAttributes } from './message-attributes.ts';
import { MessageStore } from './message-store.ts';
import type { NewMessage } from './message-store.ts';
import { readQueues } from './queue-definition.ts';
import type { Queue } from './queue-definition.ts';
import { describeQueue, toReceived } from './queue-answers.ts';
import { checkEntries, parseRequest, requests } from './queue-requests.ts';
import type { ReceiveRequest, SendRequest } from './queue-requests.ts';

export interface QueueService extends AwsService {
  /** Hears whenever a message of a queue has become visible: event source mappings need not poll. */
  onAvailable(queueArn: string, listener: () => void): void;
  close(): Promise<void>;
}

/** What XML 1.0 has no place for, and so SQS neither: control characters but tab and line ends, and lone surrogates. */
const forbiddenInBody = /(?![\t\n\r\u007F-\u009F])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;
const longestBatchBytes = 1_048_576;

/**
 * SQS: the template's standard queues. What SendMessage acknowledged survives kill -9.
 *
 * @throws Error for a FIFO queue, by name.
 */
export function createQueueService(options: ServiceOptions): QueueService {
  const queues = readQueues(options.resources);
  const service = new Queues(options, queues);
  return {
    name: 'sqs',
    targets: ['AmazonSQS'],
    access: (call) => accessOf(options, call),
    // Not an async function's body alone: a refusal is a rejection, and a send is durable when the promise resolves.
    handle: async (call) => service.handle(call),
    onAvailable: (queueArn, listener) => service.listen(queueArn, listener),
    close: () => {
      service.close();
      return Promise.resolve();
    },
  };
}

/** Rights are by queue; a batch needs the right of its single operation. */
function accessOf({ region, accountId }: ServiceOptions, { operation, input }: Call): readonly Access[] {
  const { QueueUrl, QueueName } = input;
  const named = operation === 'GetQueueUrl' ? QueueName : QueueUrl;
  const name = typeof named === 'string' ? (named.split('/').at(-1) ?? '') : '';
  const action = `sqs:${operation.replace(/Batch$/u, '')}`;
  return [{ action, resource: `arn:aws:sqs:${region}:${accountId}:${name}` }];
}

class Queues {
  readonly #options: ServiceOptions;
  readonly #queues: ReadonlyMap<string, Queue>;
  readonly #messages: MessageStore;
  readonly #watch: AvailabilityWatch;

  constructor(options: ServiceOptions, queues: ReadonlyMap<string, Queue>) {
    this.#options = options;
    this.#queues = queues;
    this.#messages = new MessageStore(options.store);
    this.#watch = new AvailabilityWatch(options.clock, (queue, now) => this.#messages.nextVisibleAt(queue, now));
  }

  listen(queueArn: string, listener: () => void): void {
    const queue = [...this.#queues.values()].find(({ arn }) => arn === queueArn);
    if (queue === undefined) throw new Error(`There is no queue ${queueArn} in the template.`);
    this.#watch.listen(queue, listener);
  }

  close(): void {
    this.#watch.close();
  }

  handle({ operation, input, caller }: Call): JsonObject | Promise<JsonObject> {
    switch (operation) {
      case 'SendMessage':
        return this.#send(parseRequest(requests.sendMessage, input), caller);
      case 'SendMessageBatch':
        return this.#sendBatch(input, caller);
      case 'ReceiveMessage':
        return this.#receive(parseRequest(requests.receiveMessage, input));
      case 'DeleteMessage': {
        const { QueueUrl, ReceiptHandle } = parseRequest(requests.deleteMessage, input);
        this.#messages.delete(this.#find(QueueUrl), ReceiptHandle);
        return {};
      }
      case 'DeleteMessageBatch': {
        const { QueueUrl, Entries } = parseRequest(requests.deleteMessageBatch, input);
        const queue = this.#find(QueueUrl);
        return eachEntry(Entries, (entry) => {
          this.#messages.delete(queue, entry.ReceiptHandle);
          return {};
        });
      }
      case 'ChangeMessageVisibility': {
        const { QueueUrl, ...change } = parseRequest(requests.changeMessageVisibility, input);
        this.#changeVisibility(this.#find(QueueUrl), change);
        return {};
      }
      case 'ChangeMessageVisibilityBatch': {
        const { QueueUrl, Entries } = parseRequest(requests.changeMessageVisibilityBatch, input);
        const queue = this.#find(QueueUrl);
        return eachEntry(Entries, (entry) => {
          this.#changeVisibility(queue, entry);
          return {};
        });
      }
      case 'GetQueueUrl':
        return { QueueUrl: this.#find(parseRequest(requests.getQueueUrl, input).QueueName).url };
      case 'GetQueueAttributes': {
        const { QueueUrl, AttributeNames } = parseRequest(requests.getQueueAttributes, input);
        const queue = this.#find(QueueUrl);
        this.#messages.expire(queue, this.#now());
        return { Attributes: describeQueue(queue, this.#messages.count(queue, this.#now()), AttributeNames) };
      }
      case 'PurgeQueue':
        this.#messages.purge(this.#find(parseRequest(requests.purgeQueue, input).QueueUrl));
        return {};
      default:
        throw new AwsError('UnknownOperationException', `The embedded cloud does not serve SQS's ${operation}.`);
    }
  }

  #send(request: SendRequest, caller: Caller): JsonObject {
    const queue = this.#find(request.QueueUrl);
    const message = newMessage(queue, request, caller);
    this.#messages.send(queue, [message], this.#now());
    this.#watch.changed(queue);
    return sent(message);
  }

  #sendBatch(input: JsonObject, caller: Caller): JsonObject {
    const { QueueUrl, Entries } = parseRequest(requests.sendMessageBatch, input);
    const queue = this.#find(QueueUrl);
    checkEntries(Entries);
    const bytes = Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
    if (bytes > longestBatchBytes) {
      throw new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${longestBatchBytes} bytes.`);
    }
    const messages: NewMessage[] = [];
    const answer = eachEntry(Entries, (entry) => {
      const message = newMessage(queue, { ...entry, QueueUrl }, caller);
      messages.push(message);
      return sent(message);
    });
    this.#messages.send(queue, messages, this.#now());
    this.#watch.changed(queue);
    return answer;
  }

  async #receive(request: ReceiveRequest): Promise<JsonObject> {
    const queue = this.#find(request.QueueUrl);
    const waitSeconds = request.WaitTimeSeconds ?? queue.waitTimeSeconds;
    const waiting = this.#watch.startWaiting(queue, waitSeconds);
    try {
      for (;;) {
        const messages = this.#take(queue, request);
        if (messages.length > 0) return { Messages: messages };
        if (waiting.over()) return {};
        await waiting.untilChange();
        if (this.#watch.closed()) return {};
      }
    } finally {
      waiting.end();
    }
  }

  /** Takes messages for one receiver. What a fault drops stays hidden, as an answer that was lost on its way. */
  #take(queue: Queue, request: ReceiveRequest): readonly JsonObject[] {
    const now = this.#now();
    this.#messages.expire(queue, now);
    this.#redrive(queue, now);
    const hiddenSeconds = request.VisibilityTimeout ?? queue.visibilityTimeoutSeconds;
    const received = this.#messages.receive(queue, request.MaxNumberOfMessages, hiddenSeconds, now);
    if (received.length === 0) return [];
    this.#watch.hidden(queue);
    return this.#options.faults.deliver('sqs', received).delivered.map((message) => toReceived(message, request));
  }

  #redrive(queue: Queue, now: number): void {
    if (queue.redrive === undefined) return;
    const { deadLetterArn, maximumReceives } = queue.redrive;
    const deadLetterQueue = this.#find(deadLetterArn.split(':').at(-1) ?? '');
    const moved = this.#messages.redrive(queue, deadLetterQueue, maximumReceives, now);
    if (moved > 0) this.#watch.changed(deadLetterQueue);
  }

  #changeVisibility(queue: Queue, change: { ReceiptHandle: string; VisibilityTimeout: number }): void {
    const changed = this.#messages.changeVisibility(queue, change.ReceiptHandle, change.VisibilityTimeout, this.#now());
    if (!changed) {
      throw new AwsError('MessageNotInflight', 'The message is not in flight under this receipt handle.');
    }
    this.#watch.changed(queue);
  }

  /** Any host is taken: functions see the template's URL, tests and tools that of the gateway. */
  #find(urlOrName: string): Queue {
    const queue = this.#queues.get(urlOrName.split('/').at(-1) ?? '');
    if (queue !== undefined) return queue;
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

function newMessage(queue: Queue, request: SendRequest, caller: Caller): NewMessage {
  const { MessageBody: body, MessageAttributes: attributes } = request;
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (forbiddenInBody.test(body)) {
    throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  }
  checkAttributes(attributes);
  if (Buffer.byteLength(body) + attributeBytes(attributes) > queue.maximumMessageBytes) {
    const limit = String(queue.maximumMessageBytes);
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
  return {
    messageId: randomUUID(),
    body,
    attributes,
    systemAttributes: request.MessageSystemAttributes,
    senderId: senderOf(caller),
    delaySeconds: request.DelaySeconds ?? queue.delaySeconds,
  };
}

function sent({ messageId, body, attributes }: NewMessage): JsonObject {
  const digest = md5OfAttributes(attributes);
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(body),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
  };
}

function senderOf(caller: Caller): string {
  switch (caller.kind) {
    case 'operator':
      return 'operator';
    case 'role':
      return caller.roleArn.split('/').at(-1) ?? caller.roleArn;
    case 'service':
      return caller.principal;
  }
}

/** Does each entry of a batch by itself, as AWS does: what fails is listed beside what succeeded. */
function eachEntry<E extends { readonly Id: string }>(
  entries: readonly E[],
  run: (entry: E) => JsonObject,
): JsonObject {
  checkEntries(entries);
  const successful: JsonObject[] = [];
  const failed: JsonObject[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}
