import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inspect } from 'node:util';

/** The forms in which a card number might lie around. */
export function formsOf(number: string): readonly string[] {
  const bytes = Buffer.from(number);
  return [
    number,
    number.replaceAll(/(\d{4})(?=\d)/gu, '$1 '),
    bytes.toString('base64').replace(/=+$/u, ''),
    bytes.toString('hex'),
  ];
}

/** Everything that an error would show: name, message, stack, causes and hidden properties. */
export function fullText(error: unknown): string {
  return inspect(error, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

/** The texts of all files below the folder, the write-ahead log included. */
export function textsBelow(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ file: entry.name, text: readFileSync(join(entry.parentPath, entry.name), 'latin1') }));
}

/** Every value in every table of the books. */
export function valuesInBooks(folder: string): readonly unknown[] {
  const database = new DatabaseSync(join(folder, 'books.db'), { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    return tables.flatMap(({ name }) =>
      database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .flatMap((row): unknown[] => Object.values(row)),
    );
  } finally {
    database.close();
  }
}
