import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { givenDynamo } from '../adapters/dynamodb/dynamo-world.ts';

/** Every item of every table of a data folder, by the table's name, read from a copy of its database. */
export async function storedTables(dataDir: string): Promise<ReadonlyMap<string, readonly Record<string, unknown>[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-tables-'));
  try {
    const source = join(dataDir, 'dynamodb');
    const database = readdirSync(source).find((file) => file.endsWith('.db'));
    if (database === undefined) throw new Error(`${source} holds no database`);
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(join(source, database + suffix)))
        copyFileSync(join(source, database + suffix), join(folder, `tables.db${suffix}`));
    }
    const world = await givenDynamo([], join(folder, 'tables.db'));
    try {
      const { TableNames: names = [] } = await world.client.send(new ListTablesCommand({}));
      return new Map(await Promise.all(names.map(async (name) => [name, await world.items(name)] as const)));
    } finally {
      await world.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The random part of an id, by which maps are keyed, may spell anything. */
const idLike = /_[0-9a-z]{26}$/u;

/**
 * The paths of all members named `cvc` (or like it) within a value, and within JSON that it holds as text: events,
 * workflow inputs and payloads travel as text inside of text.
 */
export function cvcFields(value: unknown, path = ''): string[] {
  if (typeof value === 'string' && /^\s*[[{]/u.test(value)) return cvcFields(parsed(value), `${path}(text)`);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(/cvc|cvv|securityCode/iu.test(name) && !idLike.test(name) ? [`${path}.${name}`] : []),
    ...cvcFields(member, `${path}.${name}`),
  ]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
