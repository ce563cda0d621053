import { readFileSync } from 'node:fs';
import { readBooks } from '../adapters/dynamodb/read-books.ts';
import { verifyBooks } from '../core/ledger/verify/verify-books.ts';
import { parseCommandLine, runCommand } from './command-line.ts';
import type { FoundItems } from './verify-ledger/read-data-folder.ts';
import { readDataFolder } from './verify-ledger/read-data-folder.ts';
import { readExport } from './verify-ledger/read-export.ts';
import { report } from './verify-ledger/report.ts';

/**
 * Proves the books offline: replays all transitions and holds lots, journal, buckets and signed roots against them.
 * Ends with 0 when everything fits, with 1 naming the first thing that does not, with 2 when there is nothing to read.
 */
const usage = `Usage: npm run verify:ledger                       the data folder QUITTANCE_DATA_DIR (.quittance)
       npm run verify:ledger -- <folder or files>  exported tables (DynamoDB export to S3, DYNAMODB_JSON)
         --settled                                 nothing is on its way: what is not journaled or signed is missing
         --public-key <file>                       the signing key's public half (DER), from aws kms get-public-key`;

await runCommand(usage, main);

function main(): number {
  const { values: options, positionals: paths } = parseCommandLine({
    allowPositionals: true,
    options: { settled: { type: 'boolean', default: false }, 'public-key': { type: 'string' } },
  });
  const read = readOrSay(paths, options['public-key']);
  if (!read) return 2;
  const { found, publicKey } = read;
  const books = readBooks(found.items, found.unreadable);
  const verdict = verifyBooks(books, { settled: options.settled, publicKey });
  const isSound = verdict.findings.length === 0;
  for (const line of report(books, verdict)) (isSound ? console.log : console.error)(line);
  return isSound ? 0 : 1;
}

interface Read {
  readonly found: FoundItems;
  readonly publicKey: Buffer | undefined;
}

function readOrSay(paths: readonly string[], keyFile: string | undefined): Read | undefined {
  try {
    const folder = process.env['QUITTANCE_DATA_DIR'] ?? '.quittance';
    return {
      found: paths.length > 0 ? readExport(paths) : readDataFolder(folder),
      publicKey: keyFile === undefined ? undefined : readFileSync(keyFile),
    };
  } catch (error) {
    console.error(`Nothing could be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
