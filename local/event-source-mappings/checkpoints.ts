import * as z from 'zod';
import { tableNameOf } from '../dynamodb/arns.ts';
import { parseJson } from '../kernel/json.ts';
import type { ServiceOptions } from '../kernel/service.ts';
import type { Store } from '../kernel/store.ts';

/** A part of a failed batch that is tried by itself: the records behind the part before it, up to `through`. */
const part = z.object({
  /** A sequence number. */
  through: z.string(),
  /** How many attempts failed and counted. */
  attempts: z.number(),
  /** Set when the records are given up and only the destination for failures is still to hear of it. */
  discarded: z.enum(['RetryAttemptsExhausted', 'RecordAgeExceeded']).optional(),
  /** What the function answered last, for the destination. */
  functionError: z.string().optional(),
});
export type Part = z.infer<typeof part>;

const position = z.object({
  /** The sequence number up to which all records are dealt with; null for none. */
  checkpoint: z.string().nullable(),
  parts: z.array(part),
});
export type Position = z.infer<typeof position>;

const row = z.object({ position: z.string() });

/** How far each mapping has read its stream, on disk. */
export class Checkpoints {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    store.exec(
      `CREATE TABLE IF NOT EXISTS event_source_mappings
       (mapping TEXT NOT NULL, source TEXT NOT NULL, position TEXT NOT NULL, PRIMARY KEY (mapping, source)) STRICT`,
    );
  }

  /** Where a mapping is in a source; undefined when it never read it. */
  read(mapping: string, sourceArn: string): Position | undefined {
    const found = this.#store
      .prepare('SELECT position FROM event_source_mappings WHERE mapping = ? AND source = ?')
      .get(mapping, sourceArn);
    return found === undefined ? undefined : position.parse(parseJson(row.parse(found).position));
  }

  write(mapping: string, sourceArn: string, to: Position): void {
    this.#store
      .prepare('INSERT OR REPLACE INTO event_source_mappings VALUES (?, ?, ?)')
      .run(mapping, sourceArn, JSON.stringify(to));
  }
}

const mappingSource = z.object({ EventSourceArn: z.string() });

/**
 * What may be trimmed from a table's stream: answers the sequence number that all mappings on it have passed (0 when
 * one has not begun), or undefined when the template has no mapping on it.
 */
export function lastReadOf({
  store,
  resources,
}: Pick<ServiceOptions, 'store' | 'resources'>): (tableName: string) => number | undefined {
  const checkpoints = new Checkpoints(store);
  return (tableName) => {
    const passed = resources
      .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
      .map(({ stack, logicalId, properties }) => ({
        id: `${stack}/${logicalId}`,
        source: mappingSource.parse(properties).EventSourceArn,
      }))
      .filter(({ source }) => source.split(':')[2] === 'dynamodb' && tableNameOf(source) === tableName)
      .map(({ id, source }) => Number(checkpoints.read(id, source)?.checkpoint ?? 0));
    return passed.length === 0 ? undefined : Math.min(...passed);
  };
}
