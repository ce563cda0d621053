import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DayRoot } from '../../core/ledger/journal/day-root.ts';
import type { Bucket, ClosingStore, LedgerReader } from '../../core/ledger/journal/ports.ts';
import type { ChainHead, Segment } from '../../core/ledger/journal/segment.ts';
import { emptyHead } from '../../core/ledger/journal/segment.ts';
import { isConditionalCheckFailed } from './errors.ts';
import {
  bucketSortKey,
  headKey,
  rootKey,
  segmentSortKey,
  toBucket,
  toHead,
  toRoot,
  toRootItem,
  toSegment,
} from './journal-item.ts';
import { rangeOf } from './journal-range.ts';
import { readHead } from './journal-store.ts';

/** The journal as it is read for balances and lists. */
export function dynamoLedgerReader(client: DynamoDBClient, tableName: string): LedgerReader {
  return {
    head: (chain) => readHead(client, tableName, chain),
    lastRoot: (day) => lastRoot(client, tableName, day),
    buckets: (chain, after, through) => buckets(client, tableName, chain, { after, through }),
    segmentsBetween: (chain, first, last) => segmentsBetween(client, tableName, chain, { first, last }),
  };
}

/** The journal as days are closed in it. */
export function dynamoClosingStore(client: DynamoDBClient, tableName: string): ClosingStore {
  return {
    closeChain: (chain, day) => closeChain(client, tableName, chain, day),
    lastRoot: (day) => lastRoot(client, tableName, day),
    buckets: (chain, after, through) => buckets(client, tableName, chain, { after, through }),
    putRoot: async (root) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toRootItem(root),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
        return true;
      } catch (error) {
        if (isConditionalCheckFailed(error)) return false;
        throw error;
      }
    },
  };
}

async function lastRoot(client: DynamoDBClient, tableName: string, day: string): Promise<DayRoot | undefined> {
  const { pk = { S: '' }, sk = { S: '' } } = rootKey(day);
  const { Items: [item] = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND sk <= :day',
      ExpressionAttributeValues: { ':pk': pk, ':day': sk },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: 1,
    }),
  );
  return item && toRoot(item);
}

async function buckets(
  client: DynamoDBClient,
  tableName: string,
  chain: number,
  { after, through }: { readonly after: string; readonly through: string },
): Promise<readonly Bucket[]> {
  const found: Bucket[] = [];
  const range = { chain, first: bucketSortKey(after), last: bucketSortKey(through) };
  for await (const item of rangeOf(client, tableName, range)) found.push(toBucket(item));
  return found.filter(({ day }) => day > after);
}

async function* segmentsBetween(
  client: DynamoDBClient,
  tableName: string,
  chain: number,
  { first, last }: { readonly first: number; readonly last: number },
): AsyncGenerator<Segment> {
  if (first > last) return;
  const range = { chain, first: segmentSortKey(first), last: segmentSortKey(last) };
  for await (const item of rangeOf(client, tableName, range)) yield toSegment(item);
}

/** One update, in which the chain's end of that moment becomes the day's end. */
async function closeChain(client: DynamoDBClient, tableName: string, chain: number, day: string): Promise<ChainHead> {
  const { hash, bookedAt } = emptyHead(chain);
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: headKey(chain),
    UpdateExpression:
      'SET closedThrough = :day, closedNumber = if_not_exists(#number, :zero), closedHash = if_not_exists(#hash, :hash), ' +
      '#number = if_not_exists(#number, :zero), #hash = if_not_exists(#hash, :hash), ' +
      'bookedAt = if_not_exists(bookedAt, :bookedAt)',
    ConditionExpression: 'attribute_not_exists(closedThrough) OR closedThrough < :day',
    ExpressionAttributeNames: { '#number': 'number', '#hash': 'hash' },
    ExpressionAttributeValues: {
      ':day': { S: day },
      ':zero': { N: '0' },
      ':hash': { S: hash },
      ':bookedAt': { S: bookedAt },
    },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes: item } = await client.send(command);
    if (item) return toHead(item);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (error.Item) return toHead(error.Item);
  }
  throw new Error(`Closing chain ${chain} answered no item`);
}
