/**
 * A process that is killed: it writes to one service for ever, and prints a line for each write once that write is
 * acknowledged. `node victim.ts <queue|bus|dynamodb> <data folder> <prefix of all names>`
 */
import { join } from 'node:path';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { createEventBus } from '../../../local/event-bus/event-bus.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import type { ServiceOptions } from '../../../local/kernel/service.ts';
import { openStore } from '../../../local/kernel/store.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import { victimResources } from './victim-resources.ts';

const [kind, dataDir = '', prefix = ''] = process.argv.slice(2);
const operator = { kind: 'operator' } as const;
const store = openStore(join(dataDir, 'store.db'));
const clock = createClock({ store });
const options: ServiceOptions = {
  ...{ resources: victimResources, clock, store, dataDir, region: 'eu-central-1', accountId: '000000000000' },
  faults: {
    add: () => undefined,
    clear: () => undefined,
    list: () => [],
    before: () => Promise.resolve(),
    after: () => Promise.resolve(),
    deliver: (_service, batch) => ({ delivered: batch, dropped: [] }),
  },
  // Targets never answer: what is accepted stays to be delivered by the next process.
  dispatch: () => new Promise(() => undefined),
  log: () => undefined,
};

const write = await writer();
// Four writers at once, so that a kill meets writes in every state.
await Promise.all(
  [0, 1, 2, 3].map(async (worker) => {
    for (let count = 0; ; count++)
      process.stdout.write(`${await write(`${prefix}-${String(worker)}-${String(count)}`)}\n`);
  }),
);

async function writer(): Promise<(name: string) => Promise<string>> {
  switch (kind) {
    case 'queue': {
      const queues = createQueueService(options);
      return async (name) => {
        await breathe();
        const input = { QueueUrl: 'https://sqs/0/Stack-Inbox', MessageBody: name };
        await queues.handle({ operation: 'SendMessage', input, caller: operator });
        return name;
      };
    }
    case 'bus': {
      const bus = createEventBus(options);
      bus.start();
      return async (name) => {
        await breathe();
        const entry = {
          EventBusName: 'Stack-Bus',
          Source: 'test',
          DetailType: 'test',
          Detail: JSON.stringify({ name }),
        };
        await bus.handle({ operation: 'PutEvents', input: { Entries: [entry] }, caller: operator });
        return name;
      };
    }
    case 'dynamodb': {
      const dynamoDb = await createDynamoDbService(options);
      return async (name) => {
        const item = (kindOfItem: string) => ({
          Put: { TableName: 'Stack-Table', Item: { pk: { S: `${name} ${kindOfItem}` } } },
        });
        const input = { TransactItems: [item('payment'), item('transition')] };
        await dynamoDb.handle({ operation: 'TransactWriteItems', input, caller: operator });
        return name;
      };
    }
    default:
      throw new Error('Say which service: queue, bus or dynamodb.');
  }
}

/** The store is written synchronously: without a turn of the event loop nothing would ever be printed. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
