import { tableNameOf } from '../dynamodb/arns.ts';
import type { DynamoDbService } from '../dynamodb/dynamodb-service.ts';
import type { AwsService, ServiceOptions } from '../kernel/service.ts';
import type { QueueService } from '../queue/queue-service.ts';
import { Checkpoints } from './checkpoints.ts';
import { readMappings } from './mapping-definition.ts';
import { QueueConsumer } from './queue-consumer.ts';
import { StreamConsumer } from './stream-consumer.ts';

export interface EventSourceMappingsOptions extends ServiceOptions {
  /** Says when a table was written, so that its stream need not be polled. */
  readonly streams: Pick<DynamoDbService, 'onWrite'>;
  /** Says when a queue has a visible message. */
  readonly queues: Pick<QueueService, 'onAvailable'>;
}

/** No API of its own: the template alone makes mappings. */
export interface EventSourceMappings extends Pick<AwsService, 'name'> {
  /** Begins to read, where each mapping left off. Call once, when functions can be invoked. */
  start(): void;
  busy(): boolean;
  close(): Promise<void>;
}

/**
 * Lambda's event source mappings on DynamoDB streams and SQS queues.
 *
 * @throws Error naming the mapping whose source, filter or destination is not served.
 */
export function createEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const { streams, queues } = readMappings(options.resources);
  const checkpoints = new Checkpoints(options.store);
  const streamConsumers = streams.map((mapping) => {
    const consumer = new StreamConsumer(options, mapping, checkpoints);
    const table = tableNameOf(mapping.sourceArn);
    options.streams.onWrite((written) => {
      if (written === table) consumer.wake();
    });
    return consumer;
  });
  const queueConsumers = queues.map((mapping) => {
    const consumer = new QueueConsumer(options, mapping);
    options.queues.onAvailable(mapping.sourceArn, () => consumer.wake());
    return consumer;
  });
  const consumers = [...streamConsumers, ...queueConsumers];
  return {
    name: 'event-source-mappings',
    start: () => {
      for (const consumer of consumers) consumer.start();
    },
    busy: () => consumers.some((consumer) => consumer.busy()),
    close: () => {
      for (const consumer of consumers) consumer.close();
      return Promise.resolve();
    },
  };
}
