import type { AttributeValue, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Booking, Explanation, SettlementStore } from '../../core/settlement/ports.ts';
import type { Settlement, SettlementTransition } from '../../core/settlement/settlement.ts';
import { settledKey } from '../../core/settlement/settlement.ts';
import { batchGetItems } from './batch-get.ts';
import { cancellationReasons, isConditionalCheckFailed } from './errors.ts';
import {
  heldKey,
  heldPartition,
  overdueKey,
  overduePartition,
  progressKey,
  settledItemKey,
  settlementKey,
  toHeldItem,
  toHeldLine,
  toOverdue,
  toOverdueItem,
  toProgress,
  toProgressItem,
  toSettlement,
  toSettlementItem,
  toSettlementTransitionItem,
} from './settlement-item.ts';
import { transactWrite } from './transact.ts';

type Item = Record<string, AttributeValue>;

/** An explained line is two items of a transaction that takes 100, two of which are the settlement's own. */
const heldPageSize = 45;

/** The settlements table (docs/architecture.md, "Tables"). */
export function dynamoSettlementStore(client: DynamoDBClient, tableName: string): SettlementStore {
  const read = async (key: Item) =>
    (await client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }))).Item;
  const put = async (item: Item) => {
    await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
  };
  const remove = async (key: Item) => {
    await client.send(new DeleteItemCommand({ TableName: tableName, Key: key }));
  };
  return {
    progress: async () => {
      const item = await read(progressKey);
      return item && toProgress(item);
    },
    advance: (before, after) => advance(client, tableName, before && toProgressItem(before), toProgressItem(after)),
    find: async (date) => {
      const item = await read(settlementKey(date));
      return item && toSettlement(item);
    },
    open: (settlement) => open(client, tableName, settlement),
    settled: (keys) => settled(client, tableName, keys),
    book: (booking) => write(client, bookingItems(tableName, booking)),
    explain: (explanation) => write(client, explanationItems(tableName, explanation)),
    held: async function* held() {
      for await (const page of pagesOf(client, tableName, heldPartition)) yield page.map(toHeldLine);
    },
    refind: async (line, finding) => {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: heldKey(line),
          UpdateExpression: 'SET finding = :finding',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':finding': { S: finding } },
        }),
      );
    },
    forget: (line) => remove(heldKey(line)),
    watch: (movement) => put(toOverdueItem(movement)),
    watched: async function* watched() {
      for await (const page of pagesOf(client, tableName, overduePartition)) yield page.map(toOverdue);
    },
    unwatch: (movement) => remove(overdueKey(movement)),
  };
}

async function open(client: DynamoDBClient, tableName: string, settlement: Settlement): Promise<Settlement> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: toSettlementItem(settlement),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(command);
    return settlement;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && error.Item) return toSettlement(error.Item);
    throw error;
  }
}

async function advance(
  client: DynamoDBClient,
  tableName: string,
  before: Item | undefined,
  after: Item,
): Promise<void> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: after,
    ...(before
      ? {
          ConditionExpression: 'settledThrough = :settled AND checkedThrough = :checked',
          ExpressionAttributeValues: {
            ':settled': before['settledThrough'] ?? { NULL: true },
            ':checked': before['checkedThrough'] ?? { NULL: true },
          },
        }
      : { ConditionExpression: 'attribute_not_exists(pk)' }),
  });
  try {
    await client.send(command);
  } catch (error) {
    if (!isConditionalCheckFailed(error)) throw error;
  }
}

async function settled(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await batchGetItems(client, tableName, keys.map(settledItemKey), { consistent: true });
  return new Set(found.flatMap(({ pk }) => pk?.S ?? []));
}

/** All or none; `changed` when a condition did not hold. */
async function write(client: DynamoDBClient, items: TransactWriteItem[]): Promise<'booked' | 'changed'> {
  try {
    await transactWrite(client, items);
    return 'booked';
  } catch (error) {
    if (cancellationReasons(error).includes('ConditionalCheckFailed')) return 'changed';
    throw error;
  }
}

function bookingItems(tableName: string, { before, after, transition, settles, holds }: Booking): TransactWriteItem[] {
  return [
    settlementWrite(tableName, before, after),
    ...(transition ? [transitionWrite(tableName, transition)] : []),
    ...settles.map(({ key, number }) => settledWrite(tableName, key, before.date, number)),
    ...holds.map((line) => ({
      Put: { TableName: tableName, Item: toHeldItem(line), ConditionExpression: 'attribute_not_exists(pk)' },
    })),
  ];
}

function explanationItems(tableName: string, { before, transition, lines }: Explanation): TransactWriteItem[] {
  const after = { ...before, version: transition.version, updatedAt: transition.occurredAt };
  return [
    settlementWrite(tableName, before, after),
    transitionWrite(tableName, transition),
    ...lines.flatMap((line): TransactWriteItem[] => [
      settledWrite(tableName, settledKey(line.line), line.date, line.number),
      {
        Update: {
          TableName: tableName,
          Key: heldKey(line),
          UpdateExpression: 'SET #state = :explained',
          ConditionExpression: '#state = :held',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':explained': { S: 'explained' }, ':held': { S: 'held' } },
        },
      },
    ]),
  ];
}

function settlementWrite(tableName: string, before: Settlement, after: Settlement): TransactWriteItem {
  return {
    Put: {
      TableName: tableName,
      Item: toSettlementItem(after),
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': { N: String(before.version) } },
    },
  };
}

function transitionWrite(tableName: string, transition: SettlementTransition): TransactWriteItem {
  return {
    Put: {
      TableName: tableName,
      Item: toSettlementTransitionItem(transition),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/** For ever: what was settled once is settled twice under no circumstances. */
function settledWrite(tableName: string, key: string, date: string, number: number): TransactWriteItem {
  return {
    Put: {
      TableName: tableName,
      Item: { ...settledItemKey(key), date: { S: date }, number: { N: String(number) } },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

async function* pagesOf(client: DynamoDBClient, tableName: string, partition: string): AsyncGenerator<readonly Item[]> {
  let startKey: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :partition',
        ExpressionAttributeValues: { ':partition': { S: partition } },
        ConsistentRead: true,
        Limit: heldPageSize,
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    if (page.Items && page.Items.length > 0) yield page.Items;
    startKey = page.LastEvaluatedKey;
  } while (startKey);
}
