import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Finding } from '../../core/ledger/verify/books.ts';
import { finding } from '../../core/ledger/verify/books.ts';
import { parseItem } from './parse-item.ts';
import type { FoundItems } from './read-data-folder.ts';

const line = z.strictObject({ Item: z.unknown() });

/**
 * Reads exported tables: files and folders in the form in which DynamoDB exports to S3 (DYNAMODB_JSON, lines of
 * `{"Item": …}`, `.json` or `.json.gz`). Manifests are passed over. Throws when there is no such file.
 */
export function readExport(paths: readonly string[]): FoundItems {
  const files = paths.flatMap(dataFiles);
  if (files.length === 0) throw new Error(`${paths.join(', ')} holds no .json or .json.gz of an export`);
  const items: Record<string, AttributeValue>[] = [];
  const unreadable: Finding[] = [];
  for (const file of files) {
    const bytes = readFileSync(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const [index, each] of text.split('\n').entries()) {
      if (each.trim() === '') continue;
      const item = itemOf(each);
      if (item) items.push(item);
      else unreadable.push(finding(`line ${index + 1} of ${basename(file)}`, 'an item', 'no {"Item": …}'));
    }
  }
  return { items, unreadable };
}

function dataFiles(path: string): readonly string[] {
  if (statSync(path).isDirectory()) return readdirSync(path).flatMap((name) => dataFiles(join(path, name)));
  const isManifest = basename(path).startsWith('manifest');
  return !isManifest && /\.json(?:\.gz)?$/u.test(path) ? [path] : [];
}

function itemOf(text: string): Record<string, AttributeValue> | undefined {
  try {
    return parseItem(JSON.stringify(line.parse(JSON.parse(text)).Item));
  } catch {
    return undefined;
  }
}
