import { tableNameOf } from '../dynamodb/arns.ts';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';
import type { MeteredTable } from './index-entries.ts';

export type WriteAction = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** One item that a call writes, or whose condition a transaction checks. */
export interface ItemWrite {
  readonly action: WriteAction;
  readonly table: MeteredTable;
  readonly key: JsonObject;
  /** What is put. */
  readonly item?: JsonObject;
  /** The caller has asked for the item as it is after an update. */
  readonly returnsNew?: boolean;
}

export type Tables = ReadonlyMap<string, MeteredTable>;

/** The items that a call writes, in the call's order; those of unknown tables are left out, for they are refused. */
export function writesOf(tables: Tables, operation: string, input: JsonObject): readonly ItemWrite[] {
  switch (operation) {
    case 'PutItem':
      return write(tables, 'Put', input);
    case 'UpdateItem':
      return write(tables, 'Update', input);
    case 'DeleteItem':
      return write(tables, 'Delete', input);
    case 'TransactWriteItems':
      return members(input['TransactItems']).flatMap((entry) => transactionWrites(tables, entry));
    case 'BatchWriteItem':
      return Object.entries(isJsonObject(input['RequestItems']) ? input['RequestItems'] : {}).flatMap(
        ([TableName, requests]) => members(requests).flatMap((request) => batchWrites(tables, TableName, request)),
      );
    default:
      return [];
  }
}

const transactionActions = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;

function transactionWrites(tables: Tables, entry: JsonObject): readonly ItemWrite[] {
  return transactionActions.flatMap((action) => {
    const request = entry[action];
    return isJsonObject(request) ? write(tables, action, request) : [];
  });
}

function batchWrites(tables: Tables, TableName: string, request: JsonObject): readonly ItemWrite[] {
  const { PutRequest: put, DeleteRequest: deletion } = request;
  return [
    ...(isJsonObject(put) ? write(tables, 'Put', { ...put, TableName }) : []),
    ...(isJsonObject(deletion) ? write(tables, 'Delete', { ...deletion, TableName }) : []),
  ];
}

function write(tables: Tables, action: WriteAction, request: JsonObject): readonly ItemWrite[] {
  const { TableName, Item, Key, ReturnValues } = request;
  const table = tableOf(tables, TableName);
  if (!table) return [];
  const returnsNew = ReturnValues === 'ALL_NEW';
  if (action !== 'Put') return isJsonObject(Key) ? [{ action, table, key: Key, returnsNew }] : [];
  return isJsonObject(Item) ? [{ action, table, key: keyOf(table, Item), item: Item }] : [];
}

export function tableOf(tables: Tables, nameOrArn: Json | undefined): MeteredTable | undefined {
  return typeof nameOrArn === 'string' ? tables.get(tableNameOf(nameOrArn)) : undefined;
}

function keyOf({ keys }: MeteredTable, item: JsonObject): JsonObject {
  return Object.fromEntries(keys.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]] as const])));
}

/** The objects of a list; what else is in it is refused by the service. */
export function members(list: Json | undefined): readonly JsonObject[] {
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}
