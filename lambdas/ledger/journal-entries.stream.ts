import * as z from 'zod';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoJournalStore } from '../../adapters/dynamodb/journal-store.ts';
import { toJournalEntry } from '../../adapters/dynamodb/journal-source.ts';
import { sqsUnjournaledRecords } from '../../adapters/sqs/unjournaled-records.ts';
import { bookEntries } from '../../core/ledger/journal/book-entries.ts';
import { sortOut } from '../../core/ledger/journal/sort-out.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';
import { streamEvent } from '../payments/stream-event.ts';

const environment = z.object({ LEDGER_TABLE_NAME: z.string(), UNJOURNALED_QUEUE_URL: z.url() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const unjournaled = sqsUnjournaledRecords(settings.UNJOURNALED_QUEUE_URL);
const dependencies = {
  journal: dynamoJournalStore(createDynamoDBClient(), settings.LEDGER_TABLE_NAME),
  now: () => new Date(),
  backOff: backOffWithJitter,
};

/**
 * Books each new transition of any source. A batch that fails comes again as a whole, and what it had booked is known
 * by its id. What cannot be read is put aside, where it wakes somebody: it must not hold up what comes after it.
 */
export const handler = taskHandler(streamEvent, async ({ Records: records }) => {
  const items = records.map(({ dynamodb }) => dynamodb.NewImage);
  const { entries, unreadable } = sortOut(items, toJournalEntry);
  for (const { item, reason } of unreadable) {
    const [objectId = '', sortKey = ''] = [item['pk']?.S, item['sk']?.S];
    log.error('transition not readable', { objectId, sortKey, reason });
    await unjournaled.putAside({ objectId, sortKey, reason });
  }
  await bookEntries(dependencies, entries);
  return { batchItemFailures: [] };
});
