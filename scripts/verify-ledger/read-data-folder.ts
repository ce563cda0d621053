import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Finding } from '../../core/ledger/verify/books.ts';
import { finding } from '../../core/ledger/verify/books.ts';
import { parseItem } from './parse-item.ts';

export interface FoundItems {
  readonly items: readonly Record<string, AttributeValue>[];
  readonly unreadable: readonly Finding[];
}

/** The tables that the books are made of, by what their names hold. */
const tablesOfBooks = ['PaymentsTable', 'GiftCardsTable', 'LotsTable', 'SettlementsTable', 'LedgerTable'];

const nameRow = z.object({ name: z.string() });
const itemRow = z.object({ pk: z.string(), sk: z.string(), item: z.string() });

/**
 * Reads tables, those of the books unless told otherwise, from the data folder of an instance, running or not: as they all were at one
 * moment, and without writing anything. Throws when there is no database, or when it lacks one of the tables.
 */
export function readDataFolder(dataDir: string, tables: readonly string[] = tablesOfBooks): FoundItems {
  const folder = join(dataDir, 'dynamodb');
  const file = readdirSync(folder).find((name) => name.endsWith('.db'));
  if (file === undefined) throw new Error(`${folder} holds no database`);
  const database = new DatabaseSync(join(folder, file), { readOnly: true });
  try {
    database.exec('BEGIN');
    const names = database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
      .all()
      .map((row) => nameRow.parse(row).name);
    const found = tables.map((table) => {
      const name = names.find((each) => each.includes(table));
      if (name === undefined) throw new Error(`${folder} holds no ${table}`);
      return readTable(database, name);
    });
    return {
      items: found.flatMap(({ items }) => items),
      unreadable: found.flatMap(({ unreadable }) => unreadable),
    };
  } finally {
    database.close();
  }
}

function readTable(database: DatabaseSync, name: string): FoundItems {
  const items: Record<string, AttributeValue>[] = [];
  const unreadable: Finding[] = [];
  const select = database.prepare(`SELECT pk, sk, item_json AS item FROM "${name.replaceAll('"', '""')}"`);
  for (const row of select.iterate()) {
    const { pk, sk, item: text } = itemRow.parse(row);
    const item = parseItem(text);
    if (item) items.push(item);
    else unreadable.push(finding(`${name} ${pk} ${sk}`, 'an item', 'no JSON of attributes'));
  }
  return { items, unreadable };
}
