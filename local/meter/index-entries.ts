import { createHash } from 'node:crypto';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';
import { itemBytes } from './item-size.ts';
import { writeUnits } from './request-units.ts';

/** A secondary index, global or local, as far as it decides what a write costs. */
export interface MeteredIndex {
  readonly name: string;
  /** Its own key attributes, its partition key first. */
  readonly keys: readonly string[];
  /** The attributes that it holds: keys of index and table, and what is projected. */
  readonly attributes: 'all' | ReadonlySet<string>;
}

export interface MeteredTable {
  readonly name: string;
  readonly keys: readonly string[];
  readonly indexes: readonly MeteredIndex[];
}

/** What is remembered of an item: enough to tell what the next write to it costs. */
export interface ItemDigest {
  readonly bytes: number;
  /** By the table's indexes, in their order; undefined where the item is in none. */
  readonly entries: readonly (IndexEntry | undefined)[];
}

interface IndexEntry {
  readonly bytes: number;
  readonly key: string;
  readonly content: string;
}

export function digestOf({ indexes }: MeteredTable, item: JsonObject): ItemDigest {
  return { bytes: itemBytes(item), entries: indexes.map((index) => entryOf(index, item)) };
}

/** An item is in an index when it has all of the index's key attributes. */
function entryOf({ keys, attributes }: MeteredIndex, item: JsonObject): IndexEntry | undefined {
  if (keys.some((key) => item[key] === undefined)) return undefined;
  const held = attributes === 'all' ? item : pick(item, (name) => attributes.has(name));
  return { bytes: itemBytes(held), key: canonical(pick(item, (name) => keys.includes(name))), content: brief(held) };
}

function pick(item: JsonObject, wanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted(name)));
}

const longestContent = 200;

/** Large contents are remembered by their hash, so that what is kept of an item stays small. */
function brief(item: JsonObject): string {
  const text = canonical(item);
  return text.length <= longestContent ? text : createHash('sha1').update(text).digest('base64');
}

/** The same text for the same value: members in the order of their names, for a store keeps no order. */
function canonical(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

export interface IndexWrite {
  readonly index: string;
  readonly writes: number;
  readonly units: number;
}

/**
 * What a write costs in the indexes: one write for an entry that comes, goes or changes what the index holds, two when
 * its key changes (the old entry is deleted and a new one written), none when the index sees nothing of it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function indexWrites(
  { indexes }: MeteredTable,
  before: ItemDigest | undefined,
  after: ItemDigest | undefined,
): readonly IndexWrite[] {
  return indexes.flatMap(({ name }, position) => {
    const units = entryUnits(before?.entries[position], after?.entries[position]);
    return units.length === 0 ? [] : [{ index: name, writes: units.length, units: units.reduce((sum, n) => sum + n) }];
  });
}

function entryUnits(before: IndexEntry | undefined, after: IndexEntry | undefined): readonly number[] {
  if (!before || !after) return [before, after].flatMap((entry) => (entry ? [writeUnits(entry.bytes)] : []));
  if (before.key !== after.key) return [writeUnits(before.bytes), writeUnits(after.bytes)];
  return before.content === after.content ? [] : [writeUnits(Math.max(before.bytes, after.bytes))];
}
