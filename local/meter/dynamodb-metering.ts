import type { Table } from '../dynamodb/tables.ts';
import type { Metering } from '../kernel/metering.ts';
import type { JsonObject } from '../kernel/service.ts';
import { createDynamoDbCalls } from './dynamodb-calls.ts';
import type { Send } from './dynamodb-calls.ts';
import type { MeteredIndex, MeteredTable } from './index-entries.ts';
import { ItemDigests } from './item-digests.ts';

export interface DynamoDbMetering {
  /** Carries out a call with `send` and has it charged. Its answer and errors are those of `send`. */
  carryOut(operation: string, input: JsonObject, send: Send): Promise<JsonObject>;
  /** Says that items of a table were deleted without a call: their time to live was over, which costs nothing. */
  deletedPast(tableName: string): void;
}

export interface DynamoDbMeteringOptions {
  readonly tables: readonly Table[];
  readonly metering: Pick<Metering, 'itemsCharged'>;
  /** Reads an item as it is stored. */
  readonly readItem: (table: MeteredTable, key: JsonObject) => Promise<JsonObject | undefined>;
}

/** The charges of one DynamoDB service, by its tables and indexes as the template defines them. */
export function createDynamoDbMetering({ tables, metering, readItem }: DynamoDbMeteringOptions): DynamoDbMetering {
  const metered = new Map(tables.map((table) => [table.name, toMeteredTable(table)]));
  // A count may be wrong where an item cannot be read; the call that is counted must not fail for it.
  const digests = new ItemDigests((table, key) => readItem(table, key).catch(() => undefined));
  const carryOut = createDynamoDbCalls({ tables: metered, digests, charged: metering.itemsCharged });
  return {
    carryOut,
    deletedPast: (tableName) => {
      digests.forgetTable(tableName);
    },
  };
}

export function toMeteredTable({ name, keys, definition }: Pick<Table, 'name' | 'keys' | 'definition'>): MeteredTable {
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = definition;
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(
    ({ IndexName, KeySchema, Projection }): MeteredIndex => {
      const ownKeys = KeySchema.map(({ AttributeName }) => AttributeName);
      const held = new Set([...keys, ...ownKeys, ...(Projection.NonKeyAttributes ?? [])]);
      return { name: IndexName, keys: ownKeys, attributes: Projection.ProjectionType === 'ALL' ? 'all' : held };
    },
  );
  return { name, keys, indexes };
}
