import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { JsonObject } from '../kernel/service.ts';
import type { Endpoint } from './endpoint.ts';
import type { Table } from './tables.ts';

/** Deletes the items of one table whose time to live has passed. */
export interface Reaper {
  /** Says that the table was written, and so may hold an item that expires sooner than those known. */
  written(): void;
  busy(): boolean;
  close(): void;
}

export interface ReaperOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Called after items were deleted, as after any write. */
  readonly onDeleted: (tableName: string) => void;
}

const passMilliseconds = 60_000;
/** A pass reads every item that has an expiry, so on a large table passes keep this multiple of their time apart. */
const restPerWork = 50;
const pageItems = 500;
/** AWS leaves items alone that expired more than five years ago: a millisecond value or nonsense, most likely. */
const oldestSeconds = 5 * 366 * 24 * 60 * 60;

const page = z.object({
  Items: z.array(z.record(z.string(), z.record(z.string(), z.json()))),
  LastEvaluatedKey: z.record(z.string(), z.json()).optional(),
});

/**
 * A reaper that sleeps until an item it knows of expires, or, after a write, until a minute of the clock has passed.
 * So an idle cloud does nothing, and moving the clock on by days costs one pass per expiry instead of one per minute.
 */
export function createReaper(table: Table, attribute: string, options: ReaperOptions): Reaper {
  const { clock, log } = options;
  const state = { running: false, closed: false, wakeAt: Infinity, lastPass: 0, lastWork: 0 };
  let cancel = (): void => undefined;

  function wakeAt(at: number): void {
    if (state.closed || at >= state.wakeAt) return;
    cancel();
    state.wakeAt = at;
    cancel = clock.at(at, () => {
      state.wakeAt = Infinity;
      void pass();
    });
  }

  async function pass(): Promise<void> {
    if (state.running || state.closed) return;
    state.running = true;
    const startedAt = performance.now();
    let next: number;
    try {
      next = await deleteExpired(table, attribute, options);
    } catch (error) {
      log(`dynamodb: expired items of ${table.name} are not deleted yet (${String(error)})`);
      next = clock.now();
    } finally {
      state.running = false;
    }
    state.lastPass = clock.now();
    state.lastWork = performance.now() - startedAt;
    if (next !== Infinity) wakeAt(Math.max(next, earliestNextPass()));
  }

  const earliestNextPass = (): number => state.lastPass + Math.max(passMilliseconds, state.lastWork * restPerWork);
  wakeAt(clock.now());
  return {
    // A write during a pass may lie behind the page that is being read: it too asks for another pass.
    written: () => wakeAt(Math.max(clock.now() + passMilliseconds, earliestNextPass())),
    busy: () => state.running || state.wakeAt <= clock.now(),
    close: () => {
      state.closed = true;
      cancel();
    },
  };
}

/** One pass over the table. Answers when the next known item expires, in milliseconds since the epoch. */
async function deleteExpired(table: Table, attribute: string, options: ReaperOptions): Promise<number> {
  const { endpoint, clock, onDeleted } = options;
  const names = Object.fromEntries([...table.keys, attribute].map((name, index) => [`#${String(index)}`, name]));
  const expiryName = `#${String(table.keys.length)}`;
  let next = Infinity;
  let start: JsonObject | undefined;
  do {
    const answer = await endpoint.send('DynamoDB_20120810', 'Scan', {
      TableName: table.name,
      Limit: pageItems,
      ProjectionExpression: Object.keys(names).join(', '),
      FilterExpression: `attribute_exists(${expiryName})`,
      ExpressionAttributeNames: names,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    const { Items, LastEvaluatedKey } = page.parse(answer);
    start = LastEvaluatedKey;
    for (const item of Items) {
      const expiresAt = expirySeconds(item[attribute]);
      const nowSeconds = clock.now() / 1000;
      if (expiresAt === undefined || expiresAt < nowSeconds - oldestSeconds) continue;
      if (expiresAt > nowSeconds) next = Math.min(next, expiresAt * 1000);
      else if (await deleteItem(endpoint, table, attribute, item)) onDeleted(table.name);
    }
  } while (start !== undefined);
  return next;
}

function expirySeconds(value: JsonObject | undefined): number | undefined {
  const text = value?.['N'];
  const seconds = typeof text === 'string' ? Number(text) : Number.NaN;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** Deletes an item unless it was given another expiry since it was read. */
async function deleteItem(
  endpoint: Endpoint,
  table: Table,
  attribute: string,
  item: Readonly<Record<string, JsonObject>>,
): Promise<boolean> {
  const value = item[attribute];
  if (value === undefined) return false;
  try {
    await endpoint.send('DynamoDB_20120810', 'DeleteItem', {
      TableName: table.name,
      Key: Object.fromEntries(table.keys.flatMap((key) => (item[key] === undefined ? [] : [[key, item[key]]]))),
      ConditionExpression: '#expiry = :seen',
      ExpressionAttributeNames: { '#expiry': attribute },
      ExpressionAttributeValues: { ':seen': value },
    });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
