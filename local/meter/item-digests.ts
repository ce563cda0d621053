import type { JsonObject } from '../kernel/service.ts';
import type { ItemDigest, MeteredTable } from './index-entries.ts';
import { digestOf } from './index-entries.ts';

/** Reads an item as it is stored, past the meter. */
export type ReadItem = (table: MeteredTable, key: JsonObject) => Promise<JsonObject | undefined>;

/** A payment is written again within seconds; whatever was forgotten by then is read. */
const mostRemembered = 10_000;

/**
 * What the items written last looked like, so that most writes need no read to tell what was there before. An item
 * that is not remembered is read once, before it is written.
 */
export class ItemDigests {
  readonly #read: ReadItem;
  /** The ones touched last at the end; null is an item that is known not to be there. */
  readonly #known = new Map<string, ItemDigest | null>();

  constructor(read: ReadItem) {
    this.#read = read;
  }

  /** The item as remembered, or else as stored. */
  async load(table: MeteredTable, key: JsonObject): Promise<ItemDigest | undefined> {
    const id = idOf(table, key);
    const known = this.#known.get(id);
    return known === undefined ? this.reload(table, key) : (known ?? undefined);
  }

  async reload(table: MeteredTable, key: JsonObject): Promise<ItemDigest | undefined> {
    const item = await this.#read(table, key);
    return this.remember(table, key, item && digestOf(table, item));
  }

  remember(table: MeteredTable, key: JsonObject, digest: ItemDigest | undefined): ItemDigest | undefined {
    const id = idOf(table, key);
    this.#known.delete(id);
    this.#known.set(id, digest ?? null);
    if (this.#known.size > mostRemembered) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return digest;
  }

  forget(table: MeteredTable, key: JsonObject): void {
    this.#known.delete(idOf(table, key));
  }

  /** Forgets a whole table: items were deleted past the meter. */
  forgetTable(tableName: string): void {
    for (const id of this.#known.keys()) if (id.startsWith(`${tableName} `)) this.#known.delete(id);
  }
}

function idOf({ name, keys }: MeteredTable, key: JsonObject): string {
  return `${name} ${JSON.stringify(keys.map((attribute) => key[attribute] ?? null))}`;
}
