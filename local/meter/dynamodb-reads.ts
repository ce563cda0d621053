import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/service.ts';
import type { MeteredItemAccess } from '../kernel/metering.ts';
import { members, tableOf } from './dynamodb-writes.ts';
import type { Tables } from './dynamodb-writes.ts';
import type { MeteredTable } from './index-entries.ts';
import type { ItemDigests } from './item-digests.ts';
import { itemBytes } from './item-size.ts';
import { readUnits } from './request-units.ts';
import type { Consistency } from './request-units.ts';

/** Whether what a Query or Scan answers is less than what it read, so that only the server knows how much that was. */
export function answersLessThanItReads({
  FilterExpression,
  ProjectionExpression,
  AttributesToGet,
  Select,
}: JsonObject) {
  return (
    [FilterExpression, ProjectionExpression, AttributesToGet].some((given) => given !== undefined) || Select === 'COUNT'
  );
}

/** What a call that was answered has read. */
export async function readsOf(
  tables: Tables,
  digests: ItemDigests,
  operation: string,
  { input, answer }: { readonly input: JsonObject; readonly answer: JsonObject },
): Promise<readonly MeteredItemAccess[]> {
  switch (operation) {
    case 'GetItem':
      return getItem(tables, digests, input, answer['Item'], isTrue(input['ConsistentRead']) ? 'strong' : 'eventual');
    case 'TransactGetItems': {
      const responses = isJsonArray(answer['Responses']) ? answer['Responses'] : [];
      const gets = members(input['TransactItems']).map(async ({ Get: get }, position) => {
        const response = responses[position];
        const item = isJsonObject(response) ? response['Item'] : undefined;
        return isJsonObject(get) ? getItem(tables, digests, get, item, 'transactional') : [];
      });
      return (await Promise.all(gets)).flat();
    }
    case 'BatchGetItem':
      return batchGetItem(tables, digests, input, answer);
    case 'Query':
    case 'Scan':
      return readMany(tables, operation, input, answer);
    default:
      return [];
  }
}

const isTrue = (value: unknown): boolean => value === true;

/** A read costs the whole item, whatever part of it is asked for. */
async function getItem(
  tables: Tables,
  digests: ItemDigests,
  request: JsonObject,
  item: unknown,
  consistency: Consistency,
): Promise<readonly MeteredItemAccess[]> {
  const table = tableOf(tables, request['TableName']);
  if (!table) return [];
  const { Key: key } = request;
  const whole = !answersLessThanItReads(request);
  const bytes = whole ? bytesOf(item) : isJsonObject(key) ? ((await digests.load(table, key))?.bytes ?? 0) : 0;
  return [access('Get', table, bytes, readUnits(bytes, consistency))];
}

async function batchGetItem(
  tables: Tables,
  digests: ItemDigests,
  input: JsonObject,
  answer: JsonObject,
): Promise<readonly MeteredItemAccess[]> {
  const { RequestItems: requests } = input;
  const { Responses: responses, UnprocessedKeys: unprocessed } = answer;
  const reads = Object.entries(isJsonObject(requests) ? requests : {}).map(async ([name, request]) => {
    const table = tableOf(tables, name);
    if (!table || !isJsonObject(request)) return [];
    const consistency = isTrue(request['ConsistentRead']) ? 'strong' : 'eventual';
    const keys = members(request['Keys']);
    const left = isJsonObject(unprocessed) && isJsonObject(unprocessed[name]) ? members(unprocessed[name]['Keys']) : [];
    const found = members(isJsonObject(responses) ? responses[name] : undefined).map(bytesOf);
    const absent = Array.from({ length: Math.max(0, keys.length - left.length - found.length) }, () => 0);
    const sizes = answersLessThanItReads(request)
      ? await Promise.all(keys.map(async (key) => (await digests.load(table, key))?.bytes ?? 0))
      : [...found, ...absent];
    return sizes.map((bytes) => access('Get', table, bytes, readUnits(bytes, consistency)));
  });
  return (await Promise.all(reads)).flat();
}

/** All items together are rounded up once; a read of an index is of what the index holds. */
function readMany(
  tables: Tables,
  operation: 'Query' | 'Scan',
  input: JsonObject,
  answer: JsonObject,
): MeteredItemAccess[] {
  const table = tableOf(tables, input['TableName']);
  if (!table) return [];
  const { IndexName: index, ConsistentRead } = input;
  const bytes = members(answer['Items']).reduce((total, item) => total + itemBytes(item), 0);
  const { ConsumedCapacity: consumed } = answer;
  const told = isJsonObject(consumed) ? consumed['CapacityUnits'] : undefined;
  const own = readUnits(bytes, isTrue(ConsistentRead) ? 'strong' : 'eventual');
  const units = answersLessThanItReads(input) && typeof told === 'number' ? told : own;
  return [{ ...access(operation, table, bytes, units), ...(typeof index === 'string' ? { index } : {}) }];
}

function access(
  action: MeteredItemAccess['action'],
  table: MeteredTable,
  bytes: number,
  units: number,
): MeteredItemAccess {
  return { kind: 'read', action, table: table.name, items: 1, bytes, units, indexes: [] };
}

function bytesOf(item: unknown): number {
  return isJsonObject(item) ? itemBytes(item) : 0;
}
