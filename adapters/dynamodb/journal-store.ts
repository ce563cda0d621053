import type { AttributeValue, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { JournalStore } from '../../core/ledger/journal/ports.ts';
import type { ChainHead, Segment } from '../../core/ledger/journal/segment.ts';
import { emptyHead } from '../../core/ledger/journal/segment.ts';
import { totalsOf } from '../../core/ledger/journal/totals.ts';
import { batchGetItems } from './batch-get.ts';
import { cancellationReasons } from './errors.ts';
import {
  bucketKey,
  headKey,
  lateKey,
  segmentKey,
  segmentSortKey,
  toHead,
  toSegment,
  toSegmentItem,
  totalName,
} from './journal-item.ts';
import { rangeOf } from './journal-range.ts';
import { transactWrite } from './transact.ts';

/** The journal's chains in the ledger's table (docs/architecture.md, "The books"). */
export function dynamoJournalStore(client: DynamoDBClient, tableName: string): JournalStore {
  return {
    head: (chain) => readHead(client, tableName, chain),
    segmentsDownFrom: (chain, number) => segmentsDownFrom(client, tableName, chain, number),
    bookedAt: async (chain, number) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: segmentKey(chain, number), ConsistentRead: true }),
      );
      if (!item) throw new Error(`Chain ${chain} has no segment ${number}`);
      return toSegment(item).bookedAt;
    },
    bookedLate: async (chain, entryIds) => {
      const keys = entryIds.map((entryId) => lateKey(chain, entryId));
      const found: Record<string, AttributeValue>[] = [];
      for (let at = 0; at < keys.length; at += mostKeys) {
        found.push(...(await batchGetItems(client, tableName, keys.slice(at, at + mostKeys), { consistent: true })));
      }
      const marks = new Set(found.map(({ sk }) => sk?.S));
      return new Set(entryIds.filter((entryId) => marks.has(lateKey(chain, entryId)['sk']?.S)));
    },
    append: async (head, segment, lateEntryIds) => {
      try {
        await transactWrite(client, writesOf(tableName, head, segment, lateEntryIds));
        return 'appended';
      } catch (error) {
        if (cancellationReasons(error).includes('ConditionalCheckFailed')) return 'moved';
        throw error;
      }
    },
  };
}

/** What one BatchGetItem takes. */
const mostKeys = 100;

/** The end of a chain, strongly consistent. */
export async function readHead(client: DynamoDBClient, tableName: string, chain: number): Promise<ChainHead> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: headKey(chain), ConsistentRead: true }),
  );
  return item ? toHead(item) : emptyHead(chain);
}

async function* segmentsDownFrom(
  client: DynamoDBClient,
  tableName: string,
  chain: number,
  number: number,
): AsyncGenerator<Segment> {
  if (number === 0) return;
  const range = { chain, first: segmentSortKey(1), last: segmentSortKey(number), descending: true };
  for await (const item of rangeOf(client, tableName, range)) yield toSegment(item);
}

/** A segment with all that must agree with it: one transaction, of four items in normal times. */
function writesOf(
  tableName: string,
  head: ChainHead,
  segment: Segment,
  lateEntryIds: readonly string[],
): TransactWriteItem[] {
  const { chain, number } = segment;
  const onlyOnce = 'attribute_not_exists(pk)';
  return [
    { Update: { TableName: tableName, Key: headKey(chain), ...headUpdate(head, segment) } },
    { Put: { TableName: tableName, Item: toSegmentItem(segment), ConditionExpression: onlyOnce } },
    { Update: { TableName: tableName, Key: bucketKey(chain, segment.day), ...bucketUpdate(segment) } },
    ...lateEntryIds.map((entryId) => ({
      Put: {
        TableName: tableName,
        Item: { ...lateKey(chain, entryId), segment: { N: String(number) } },
        ConditionExpression: onlyOnce,
      },
    })),
  ];
}

/** The chain moves on from where it was read, unless somebody else moved or closed it. */
function headUpdate({ number: before, hash, closed }: ChainHead, segment: Segment) {
  const end = before === 0 ? '(attribute_not_exists(#hash) OR #hash = :before)' : '#hash = :before';
  const opened = closed ? 'closedThrough = :closed' : 'attribute_not_exists(closedThrough)';
  return {
    UpdateExpression: 'SET #number = :number, #hash = :hash, bookedAt = :bookedAt',
    ConditionExpression: `${end} AND ${opened}`,
    ExpressionAttributeNames: { '#number': 'number', '#hash': 'hash' },
    ExpressionAttributeValues: {
      ':before': { S: hash },
      ':number': { N: String(segment.number) },
      ':hash': { S: segment.hash },
      ':bookedAt': { S: segment.bookedAt },
      ...(closed ? { ':closed': { S: closed.day } } : {}),
    },
  };
}

/** The day's bucket grows by what the segment posts. */
function bucketUpdate({ number, entries }: Segment) {
  const sums = totalsOf(entries.flatMap(({ postings }) => postings)).flatMap((total) =>
    (['debit', 'credit'] as const).flatMap((side) =>
      total[side] === 0n ? [] : [{ name: totalName(total, side), sum: total[side] }],
    ),
  );
  const adds = sums.map((_, index) => `#s${index} :s${index}`).join(', ');
  return {
    UpdateExpression:
      'SET firstSegment = if_not_exists(firstSegment, :number), lastSegment = :number' +
      (sums.length === 0 ? '' : ` ADD ${adds}`),
    ...(sums.length === 0
      ? {}
      : { ExpressionAttributeNames: Object.fromEntries(sums.map(({ name }, index) => [`#s${index}`, name])) }),
    ExpressionAttributeValues: {
      ':number': { N: String(number) },
      ...Object.fromEntries(sums.map(({ sum }, index) => [`:s${index}`, { N: sum.toString() }])),
    },
  };
}
