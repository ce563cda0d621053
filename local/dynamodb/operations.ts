import { streamLabel } from '../assembly/resource-types.ts';
import type { Access, Call, Json, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import { tableArn, tableNameOf } from './arns.ts';

type Place = Pick<ServiceOptions, 'region' | 'accountId'>;

/** What a transaction's entries are called, and the right that each needs. */
const transactionRights: ReadonlyMap<string, string> = new Map([
  ['Put', 'dynamodb:PutItem'],
  ['Update', 'dynamodb:UpdateItem'],
  ['Delete', 'dynamodb:DeleteItem'],
  ['ConditionCheck', 'dynamodb:ConditionCheckItem'],
  ['Get', 'dynamodb:GetItem'],
]);

/** The operations on items and tables that are served; the template alone creates and changes tables. */
export const tableOperations: ReadonlySet<string> = new Set([
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'],
  ...['BatchGetItem', 'BatchWriteItem', 'TransactGetItems', 'TransactWriteItems'],
  ...['DescribeTable', 'DescribeTimeToLive', 'ListTables'],
]);

/** The operations of DynamoDB Streams. */
export const streamOperations: ReadonlySet<string> = new Set([
  'DescribeStream',
  'GetRecords',
  'GetShardIterator',
  'ListStreams',
]);

const writes: ReadonlySet<string> = new Set([
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'],
]);

/** The names of the tables that a call may change. */
export function writtenTables({ operation, input }: Pick<Call, 'operation' | 'input'>): readonly string[] {
  if (!writes.has(operation)) return [];
  if (operation === 'BatchWriteItem') return batchTables(input);
  if (operation === 'TransactWriteItems') return [...new Set(transactionEntries(input).map(({ table }) => table))];
  return [tableNameOf(text(input['TableName']))];
}

/** The rights that a call needs, as AWS asks for them: a transaction's per item, a batch's per table. */
export function accessOf(place: Place, { operation, input }: Call): readonly Access[] {
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return distinct(
        transactionEntries(input).map(({ right, table }) => ({ action: right, resource: tableArn(place, table) })),
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return batchTables(input).map((table) => ({
        action: `dynamodb:${operation}`,
        resource: tableArn(place, table),
      }));
    case 'ListTables':
      return [{ action: 'dynamodb:ListTables', resource: '*' }];
    case 'ListStreams': {
      // One table's streams need the right on them, as the managed policies of Lambda grant it; all streams need `*`.
      const table = input['TableName'];
      const resource = typeof table === 'string' ? `${tableArn(place, tableNameOf(table))}/stream/${streamLabel}` : '*';
      return [{ action: 'dynamodb:ListStreams', resource }];
    }
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action: `dynamodb:${operation}`, resource: text(input['StreamArn']) }];
    case 'GetRecords': {
      // An iterator begins with its stream's ARN (streams.ts).
      const [arn = ''] = text(input['ShardIterator']).split('|');
      return [{ action: 'dynamodb:GetRecords', resource: arn }];
    }
    default: {
      const table = tableArn(place, tableNameOf(text(input['TableName'])));
      const index = input['IndexName'];
      const resource = typeof index === 'string' ? `${table}/index/${index}` : table;
      return [{ action: `dynamodb:${operation}`, resource }];
    }
  }
}

interface TransactionEntry {
  readonly right: string;
  readonly table: string;
}

function transactionEntries(input: JsonObject): readonly TransactionEntry[] {
  const items = input['TransactItems'];
  if (!isJsonArray(items)) return [];
  return items.flatMap((item) =>
    Object.entries(isJsonObject(item) ? item : {}).flatMap(([kind, entry]) => {
      const right = transactionRights.get(kind);
      if (right === undefined || !isJsonObject(entry)) return [];
      return [{ right, table: tableNameOf(text(entry['TableName'])) }];
    }),
  );
}

function batchTables(input: JsonObject): readonly string[] {
  const items = input['RequestItems'];
  return isJsonObject(items) ? Object.keys(items).map(tableNameOf) : [];
}

function distinct(accesses: readonly Access[]): readonly Access[] {
  return [...new Map(accesses.map((access) => [`${access.action} ${access.resource}`, access])).values()];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
