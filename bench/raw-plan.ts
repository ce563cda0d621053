import type { ItemCall, TableShape } from './meter-client.ts';

/** One call of the raw store, and what its body is for the payment with this number. */
export interface RawCall {
  readonly operation: string;
  readonly body: (payment: number) => unknown;
}

type Access = ItemCall['accesses'][number];
type Attributes = Record<string, { readonly S: string }>;

export interface RawPlan {
  /** What has to be there before: items that a payment reads or deletes and has not written itself. */
  readonly setup: readonly RawCall[];
  readonly calls: readonly RawCall[];
}

/** The operations that are made again; a payment's path has no others. */
const repeatable = [
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'TransactWriteItems',
  'TransactGetItems',
  'BatchGetItem',
];

/** A call that fewer than half of all payments make is not the payment's. */
const leastShare = 0.5;

/**
 * The DynamoDB calls of one payment, as the meter has seen them, for tables of the same shape: the same operations in
 * the same order on items of the same size, that come into the same indexes and leave them. Nothing else of a payment
 * is in it: what it reads and writes means nothing.
 */
export function planRawCalls(calls: readonly ItemCall[], tables: readonly TableShape[], payments: number): RawPlan {
  const shapes = new Map(tables.map((table) => [table.name, table]));
  /** The indexes that a table's own item of the payment is in. */
  const indexed = new Map<string, Set<string>>();
  /** Tables whose items of the payment an earlier call has updated: what is put there then is another item. */
  const updated = new Set<string>();
  const own = mergeOutcomes(calls).filter(
    ({ operation, count }) => repeatable.includes(operation) && count / payments >= leastShare,
  );
  const planned = own.flatMap((call, position) =>
    Array.from({ length: Math.round(call.count / payments) }, (_, repeat) =>
      planCall(call, shapes, { indexed, updated }, { position, repeat }),
    ),
  );
  return { setup: planSetup(own, shapes), calls: planned };
}

/** A call is made whether or not its condition holds in the end: here it always does. */
function mergeOutcomes(calls: readonly ItemCall[]): readonly ItemCall[] {
  const merged = new Map<string, ItemCall>();
  // The ones that went well first, for they tell how large what they wrote is.
  const wellFirst = [...calls].sort(
    (left, right) => Number(left.failure !== undefined) - Number(right.failure !== undefined),
  );
  for (const { operation, count, accesses } of wellFirst) {
    const key = [operation, ...accesses.map(({ action, table }) => `${action} ${table}`)].join('|');
    const known = merged.get(key);
    merged.set(key, { operation, count: count + (known?.count ?? 0), accesses: known?.accesses ?? accesses });
  }
  return [...merged.values()];
}

function planSetup(calls: readonly ItemCall[], shapes: ReadonlyMap<string, TableShape>): readonly RawCall[] {
  const accesses = calls.flatMap((call) => call.accesses);
  const written = new Set(accesses.filter(({ action }) => action === 'Put').map(({ table }) => table));
  const missing = accesses.filter(
    ({ action, table, bytes }) => (action === 'Get' || action === 'Delete') && bytes > 0 && !written.has(table),
  );
  return missing.flatMap(({ table: name, bytes, items }) => {
    const table = shapes.get(name);
    if (!table) return [];
    const body = (payment: number) => ({
      TableName: name,
      Item: itemOf(table, keyOf(table, `own0-${payment}`), [], Math.round(bytes / items)),
    });
    return [{ operation: 'PutItem', body }];
  });
}

function planCall(
  call: ItemCall,
  shapes: ReadonlyMap<string, TableShape>,
  { indexed, updated }: { readonly indexed: Map<string, Set<string>>; readonly updated: Set<string> },
  { position, repeat }: { readonly position: number; readonly repeat: number },
): RawCall {
  const updates = new Set(call.accesses.filter(({ action }) => action === 'Update').map(({ table }) => table));
  const parts = call.accesses.flatMap((access) => {
    const table = shapes.get(access.table);
    if (!table) return [];
    // What is put beside an item that is updated is another item of the same payment, and another one in each call.
    const isOther = access.action === 'Put' && (updates.has(access.table) || updated.has(access.table));
    const role = isOther ? `other${position}.${repeat}-` : `own${repeat}-`;
    return [planAccess(access, table, indexed, role)];
  });
  for (const table of updates) updated.add(table);
  const [first] = parts;
  if (call.operation === 'BatchGetItem') return planBatch(call, shapes, repeat);
  const operation = first ? call.operation : 'ListTables';
  return {
    operation,
    body: (payment) =>
      operation === 'TransactWriteItems' || operation === 'TransactGetItems'
        ? { TransactItems: parts.map(({ action, body }) => ({ [action]: body(payment) })) }
        : (first?.body(payment) ?? {}),
  };
}

/** Reads as many items at once as the call did: those that are not there cost as much. */
function planBatch(call: ItemCall, shapes: ReadonlyMap<string, TableShape>, repeat: number): RawCall {
  const body = (payment: number) => ({
    RequestItems: Object.fromEntries(
      call.accesses.flatMap(({ table: name, items }) => {
        const table = shapes.get(name);
        const keys = Array.from({ length: Math.max(1, Math.round(items / call.count)) }, (_, index) => index);
        return table ? [[name, { Keys: keys.map((key) => keyOf(table, `own${repeat + key}-${payment}`)) }]] : [];
      }),
    ),
  });
  return { operation: call.operation, body };
}

function planAccess(access: Access, table: TableShape, indexed: Map<string, Set<string>>, role: string) {
  const { action } = access;
  const known = indexed.get(table.name) ?? new Set();
  indexed.set(table.name, known);
  const touched = access.indexes.filter(({ writes }) => writes / access.items >= leastShare).map(({ index }) => index);
  const bytes = Math.round(access.bytes / access.items);
  const base = { TableName: table.name };
  const key = (payment: number) => keyOf(table, `${role}${payment}`);
  switch (action) {
    case 'Put': {
      if (role.startsWith('own')) for (const index of touched) known.add(index);
      const ConditionExpression = `attribute_not_exists(${table.keys[0] ?? ''})`;
      return {
        action,
        body: (n: number) => ({ ...base, Item: itemOf(table, key(n), touched, bytes), ConditionExpression }),
      };
    }
    case 'Update': {
      const leaves = touched.filter((index) => known.has(index));
      for (const index of leaves) known.delete(index);
      return {
        action,
        body: (n: number) => ({ ...base, Key: key(n), ...updateOf(table, leaves, fillingOf(key(n), bytes)) }),
      };
    }
    case 'Query':
      return { action, body: (n: number) => ({ ...base, ...queryOf(table, key(n)) }) };
    case 'ConditionCheck': {
      const ConditionExpression = `attribute_not_exists(${table.keys[0] ?? ''})`;
      return { action, body: (n: number) => ({ ...base, Key: keyOf(table, `none-${n}`), ConditionExpression }) };
    }
    default:
      return {
        action,
        body: (n: number) => ({ ...base, Key: key(n), ...(action === 'Get' ? { ConsistentRead: true } : {}) }),
      };
  }
}

function keyOf({ keys }: TableShape, value: string): Attributes {
  return Object.fromEntries(keys.map((name) => [name, { S: value }]));
}

/** An item with the keys of these indexes, filled up to its size. */
function itemOf(table: TableShape, key: Attributes, indexes: readonly string[], bytes: number): Attributes {
  const own = table.indexes.filter(({ name }) => indexes.includes(name)).flatMap(({ keys }) => keys);
  const item = {
    ...key,
    ...Object.fromEntries(own.map((name) => [name, { S: `${name}-${key[table.keys[0] ?? '']?.S ?? ''}` }])),
  };
  return { ...item, filling: { S: fillingOf(item, bytes) } };
}

/** What is missing to the item's size; its characters are ASCII, a byte each. */
function fillingOf(item: Attributes, bytes: number): string {
  const used = Object.entries(item).reduce((sum, [name, { S }]) => sum + name.length + S.length, 'filling'.length);
  return 'x'.repeat(Math.max(1, bytes - used));
}

function updateOf(table: TableShape, leaves: readonly string[], filling: string) {
  const removed = table.indexes.filter(({ name }) => leaves.includes(name)).flatMap(({ keys }) => keys.slice(0, 1));
  return {
    UpdateExpression: `SET filling = :filling${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
    ExpressionAttributeValues: { ':filling': { S: filling } },
  };
}

function queryOf({ keys: [partition = ''] }: TableShape, key: Attributes) {
  return {
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: { '#partition': partition },
    ExpressionAttributeValues: { ':partition': key[partition] },
  };
}
