import * as z from 'zod';
import { queueUrlOf } from '../event-bus/targets.ts';
import { parseJson } from '../kernel/json.ts';
import type { Json, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { invokeWithRecords } from './invocation.ts';
import type { Mapping } from './mapping-definition.ts';
import { WorkerLoop } from './worker-loop.ts';

type ConsumerOptions = Pick<ServiceOptions, 'clock' | 'dispatch' | 'log' | 'region'>;

const message = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z
    .record(
      z.string(),
      z.object({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.string().optional() }),
    )
    .default({}),
});
type Message = z.infer<typeof message>;

const received = z.object({ Messages: z.array(message).default([]) });

/** SQS hands out no more at once. */
const mostPerReceive = 10;

/**
 * Hands a queue's messages to one function, one batch at a time. What the function did not fail is deleted; the rest
 * shows itself again after its visibility time-out, and goes to the dead-letter queue by the queue's own policy.
 */
export class QueueConsumer {
  readonly #options: ConsumerOptions;
  readonly #mapping: Mapping;
  readonly #loop: WorkerLoop;
  #mayBeAsked = false;

  constructor(options: ConsumerOptions, mapping: Mapping) {
    this.#options = options;
    this.#mapping = mapping;
    const { clock, log } = options;
    this.#loop = new WorkerLoop({ name: `event source mapping ${mapping.id}`, clock, log, work: () => this.#work() });
  }

  start(): void {
    this.#loop.start();
  }
  /** Says that messages have become visible. */
  wake(): void {
    this.#loop.wake();
  }
  busy(): boolean {
    return this.#loop.busy();
  }
  close(): void {
    this.#loop.close();
  }

  async #work(): Promise<void> {
    while (!this.#loop.closed() && !this.#loop.resting()) {
      const messages = await this.#receive();
      if (messages.length === 0) return;
      const wanted = messages.filter((each) => this.#mapping.matches(toFilterRecord(each)));
      // As on AWS, what the filter does not want is deleted.
      const done = new Set(messages.filter((each) => !wanted.includes(each)));
      if (wanted.length > 0) for (const each of await this.#invoke(wanted)) done.add(each);
      await this.#delete([...done]);
    }
  }

  async #receive(): Promise<readonly Message[]> {
    // Lambda takes a mapping only when the role may ask for these too, so that a missing right shows here as there.
    if (!this.#mayBeAsked) await this.#call('GetQueueAttributes', { AttributeNames: ['QueueArn'] });
    this.#mayBeAsked = true;
    const messages: Message[] = [];
    const { batchSize } = this.#mapping;
    while (messages.length < batchSize) {
      const answer = await this.#call('ReceiveMessage', {
        MaxNumberOfMessages: Math.min(mostPerReceive, batchSize - messages.length),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      const { Messages } = received.parse(answer);
      if (Messages.length === 0) break;
      messages.push(...Messages);
    }
    return messages;
  }

  /** Answers the messages that the function has dealt with. */
  async #invoke(messages: readonly Message[]): Promise<readonly Message[]> {
    const records = messages.map((each) => JSON.stringify(this.#toRecord(each)));
    const outcome = await invokeWithRecords(this.#options.dispatch, this.#mapping, records);
    switch (outcome.kind) {
      case 'succeeded':
        this.#loop.succeeded();
        return messages;
      case 'failedItems': {
        const failed = new Set(outcome.identifiers);
        const known = messages.some(({ MessageId }) => failed.has(MessageId));
        return known ? messages.filter(({ MessageId }) => !failed.has(MessageId)) : [];
      }
      case 'failed':
        return [];
      case 'notInvoked':
        this.#loop.complain(`its function could not be invoked: ${outcome.reason}`);
        this.#loop.backOff();
        return [];
    }
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += mostPerReceive) {
      const chunk = messages.slice(start, start + mostPerReceive);
      await this.#call('DeleteMessageBatch', {
        Entries: chunk.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    }
  }

  #call(operation: string, input: JsonObject): Promise<JsonObject> {
    const { sourceArn, roleArn } = this.#mapping;
    return this.#options.dispatch('sqs', {
      operation,
      input: { QueueUrl: queueUrlOf(sourceArn), ...input },
      caller: { kind: 'role', roleArn },
    });
  }

  #toRecord(of: Message): JsonObject {
    return {
      messageId: of.MessageId,
      receiptHandle: of.ReceiptHandle,
      body: of.Body,
      attributes: of.Attributes,
      messageAttributes: Object.fromEntries(
        Object.entries(of.MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]): [string, Json] => [
          name,
          {
            ...(StringValue === undefined ? {} : { stringValue: StringValue }),
            ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
            ...{ stringListValues: [], binaryListValues: [], dataType: DataType },
          },
        ]),
      ),
      md5OfBody: of.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: this.#mapping.sourceArn,
      awsRegion: this.#options.region,
    };
  }
}

/** What filter patterns see: a body that is JSON as JSON. */
function toFilterRecord({ Body, Attributes, MessageId }: Message): Json {
  let body: Json = Body;
  try {
    body = parseJson(Body);
  } catch {
    // It stays text.
  }
  return { body, attributes: Attributes, messageId: MessageId };
}
