import { AwsError } from '../kernel/aws-error.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/service.ts';
import type { MeteredItemAccess, MeteredItemCall } from '../kernel/metering.ts';
import { answersLessThanItReads, readsOf } from './dynamodb-reads.ts';
import { writesOf } from './dynamodb-writes.ts';
import type { ItemWrite, Tables } from './dynamodb-writes.ts';
import type { IndexWrite, ItemDigest } from './index-entries.ts';
import { digestOf, indexWrites } from './index-entries.ts';
import type { ItemDigests } from './item-digests.ts';
import { transactionalWrites, writeUnits } from './request-units.ts';

export type Send = (input: JsonObject) => Promise<JsonObject>;

export interface DynamoDbCallsOptions {
  readonly tables: Tables;
  readonly digests: ItemDigests;
  readonly charged: (call: MeteredItemCall) => void;
}

/** Errors of a write that DynamoDB charges for: it had to read the items to know. */
const chargedFailures: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'TransactionConflictException',
]);

/**
 * Carries out a call and says what DynamoDB would charge for it. Its answer is what it would be without.
 *
 * What was there before a write is known from the write before, or read; what is there after an update is read, for
 * only the server knows what its expression came to. Writes to one item that are under way at once may each see the
 * other's result: their sum is right, what each of them is told is not always.
 */
export function createDynamoDbCalls({ tables, digests, charged }: DynamoDbCallsOptions) {
  return async (operation: string, input: JsonObject, send: Send): Promise<JsonObject> => {
    const writes = writesOf(tables, operation, input);
    if (writes.length === 0) return carryOutRead({ tables, digests, charged }, operation, input, send);
    for (const { table, key } of writes) await digests.load(table, key);
    try {
      const answer = await send(input);
      const changes = await Promise.all(writes.map((write) => changeOf(digests, write, answer)));
      charged({ operation, accesses: accessesOf(operation, changes) });
      return answer;
    } catch (error) {
      const code = error instanceof AwsError ? error.code : 'InternalServerError';
      if (chargedFailures.has(code)) {
        const refused = await Promise.all(writes.map((write) => refusalOf(digests, write)));
        charged({ operation, failure: code, accesses: accessesOf(operation, refused) });
      } else {
        // It may have been carried out, or in part.
        for (const { table, key } of writes) digests.forget(table, key);
      }
      throw error;
    }
  };
}

async function carryOutRead(
  { tables, digests, charged }: DynamoDbCallsOptions,
  operation: string,
  input: JsonObject,
  send: Send,
): Promise<JsonObject> {
  const isMany = operation === 'Query' || operation === 'Scan';
  const asks = isMany && input['ReturnConsumedCapacity'] === undefined && answersLessThanItReads(input);
  const answer = await send(asks ? { ...input, ReturnConsumedCapacity: 'TOTAL' } : input);
  const accesses = await readsOf(tables, digests, operation, { input, answer });
  if (accesses.length > 0) charged({ operation, accesses });
  if (!asks) return answer;
  const { ConsumedCapacity: _ours, ...asked } = answer;
  return asked;
}

interface ItemChange {
  readonly write: ItemWrite;
  readonly before: ItemDigest | undefined;
  readonly after: ItemDigest | undefined;
  readonly indexes: readonly IndexWrite[];
}

async function changeOf(digests: ItemDigests, write: ItemWrite, answer: JsonObject): Promise<ItemChange> {
  const { table, key } = write;
  const before = await digests.load(table, key);
  const after = await afterOf(digests, write, before, answer);
  return { write, before, after, indexes: indexWrites(table, before, after) };
}

async function afterOf(
  digests: ItemDigests,
  { action, table, key, item, returnsNew }: ItemWrite,
  before: ItemDigest | undefined,
  { Attributes: attributes }: JsonObject,
): Promise<ItemDigest | undefined> {
  switch (action) {
    case 'Put':
      return digests.remember(table, key, item && digestOf(table, item));
    case 'Delete':
      return digests.remember(table, key, undefined);
    case 'ConditionCheck':
      return before;
    case 'Update':
      if (returnsNew !== true || !isJsonObject(attributes)) return digests.reload(table, key);
      return digests.remember(table, key, digestOf(table, attributes));
  }
}

/** A write that was refused costs the larger of what is there and what was to be put; the indexes hear nothing of it. */
async function refusalOf(digests: ItemDigests, write: ItemWrite): Promise<ItemChange> {
  const { table, key, item } = write;
  // Others may have written it since: that is the usual reason for a refusal.
  const before = await digests.reload(table, key);
  return { write, before, after: item && digestOf(table, item), indexes: [] };
}

function accessesOf(operation: string, changes: readonly ItemChange[]): readonly MeteredItemAccess[] {
  const factor = operation === 'TransactWriteItems' ? transactionalWrites : 1;
  return changes.map(({ write, before, after, indexes }) => {
    const bytes = Math.max(before?.bytes ?? 0, after?.bytes ?? 0);
    const { action, table } = write;
    return { kind: 'write', action, table: table.name, items: 1, bytes, units: writeUnits(bytes) * factor, indexes };
  });
}
