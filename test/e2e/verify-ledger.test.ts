import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { readBooks } from '../../adapters/dynamodb/read-books.ts';
import type { Finding } from '../../core/ledger/verify/books.ts';
import { finding } from '../../core/ledger/verify/books.ts';
import { verifyBooks } from '../../core/ledger/verify/verify-books.ts';
import type { Connection } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import { parseItem } from '../../scripts/verify-ledger/parse-item.ts';
import { readDataFolder } from '../../scripts/verify-ledger/read-data-folder.ts';
import { cardNumber, eachConcurrently, paymentOf, shopper } from './support.ts';
import { itemJson } from '../item-json.ts';
import { beforeMidnight, moveClockWhileOff } from './while-off.ts';

type Item = Record<string, AttributeValue>;

const dataDir = mkdtempSync(join(tmpdir(), 'quittance-books-'));
const folder = mkdtempSync(join(tmpdir(), 'quittance-verify-'));

afterAll(() => {
  for (const each of [dataDir, folder]) rmSync(each, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly output: string;
}

/** The command as people run it. */
function verifyLedger(...options: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', 'scripts/verify-ledger.ts', ...options];
    const env = { ...process.env, QUITTANCE_DATA_DIR: dataDir };
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

/** Captures, refunds, voids, declines and gift cards; whatever is cut off by a kill is cut off. */
async function tellOfMoney(instance: Connection, from: number, count: number): Promise<void> {
  const { client, token } = shopper(instance);
  await eachConcurrently(count, 4, async (each) => {
    const index = from + each;
    const { id } = await client.createPayment(
      { ...paymentOf(instance, await token(cardNumber(index)), index), currency: index % 3 === 0 ? 'USD' : 'EUR' },
      randomUUID(),
    );
    if (index % 4 === 0) {
      await client.voidPayment(id, `void-${index}`);
      return;
    }
    await client.capturePayment(id, { amount: 600 }, `part-${index}`);
    await client.capturePayment(id, { amount: 200 }, `rest-${index}`);
    if (index % 2 === 0) await client.refundPayment(id, { amount: 300, reason: 'books' }, `refund-${index}`);
    await client.issueGiftCard({ amount: 1000 + index, currency: 'EUR' }, `card-${index}`);
  });
}

let items: readonly Item[];

/** Through kills in the middle of work, over a midnight, and settled. */
beforeAll(async () => {
  await moveClockWhileOff(dataDir, beforeMidnight(new Date(Date.now() + 3_600_000), 10));
  let instance = await startInstance({ dataDir });
  await tellOfMoney(instance, 1, 6);
  await instance.advance('PT2M');
  for (const round of [1, 2]) {
    const working = tellOfMoney(instance, 100 * round, 12).catch(() => 'cut off');
    const until = new Set(readDataFolder(dataDir).items.map(({ pk }) => pk?.S)).size + 8;
    while (new Set(readDataFolder(dataDir).items.map(({ pk }) => pk?.S)).size < until) await instance.now();
    await instance.kill();
    await working;
    instance = await startInstance({ dataDir });
  }
  await instance.advance('PT25M');
  await instance.advance('PT5M');
  await instance.stop();
  ({ items } = readDataFolder(dataDir));
}, 400_000);

const verify = (all: readonly Item[], unreadable: readonly Finding[] = []) =>
  verifyBooks(readBooks(all, unreadable), { settled: true });

describe('verify:ledger', () => {
  test('is green after kills in the middle of work, and says what it has seen', async () => {
    expect(verify(items).findings).toEqual([]);
    const { code, output } = await verifyLedger('--settled');
    expect(output).toMatch(/The books fit: \d+ transitions of \d+ payments, \d+ gift cards and \d+ settlements/u);
    expect(output).toContain('EUR: debits less credits 0');
    expect(output).toContain('USD: debits less credits 0');
    expect(output).toMatch(/signed through \d{4}-\d\d-\d\d by the key SHA256:/u);
    expect(code).toBe(0);
  });

  test('reads exported tables as it reads a data folder', async () => {
    const half = Math.floor(items.length / 2);
    const data = join(folder, 'AWSDynamoDB', 'export', 'data');
    const parts = { 'one.json.gz': items.slice(0, half), 'other.json.gz': items.slice(half) };
    mkdirSync(data, { recursive: true });
    for (const [name, part] of Object.entries(parts)) {
      writeFileSync(join(data, name), gzipSync(part.map((Item) => `${itemJson({ Item })}\n`).join('')));
    }
    writeFileSync(join(data, '..', 'manifest-summary.json'), '{"itemCount":1}');
    expect(await verifyLedger('--settled', join(folder, 'AWSDynamoDB'))).toMatchObject({ code: 0 });
    const lacking = await verifyLedger('--settled', join(data, 'one.json.gz'));
    expect(lacking).toMatchObject({ code: 1, output: expect.stringContaining('does not fit') });
  });

  test('says when there is nothing to read', async () => {
    expect(await verifyLedger(join(folder, 'nowhere'))).toMatchObject({ code: 2 });
  });

  test('fails by name when one byte of the stored table is changed', () => {
    const copy = join(folder, 'copy');
    cpSync(join(dataDir, 'dynamodb'), join(copy, 'dynamodb'), { recursive: true });
    const file = readdirSync(join(copy, 'dynamodb')).find((name) => name.endsWith('.db')) ?? '';
    const database = new DatabaseSync(join(copy, 'dynamodb', file));
    const { name } = database
      .prepare("SELECT name FROM sqlite_master WHERE name LIKE '%PaymentsTable%' AND type = 'table'")
      .get() as { name: string };
    const where = "sk = 'S:transition#000002' AND item_json LIKE '%authorized%'";
    const { pk } = database.prepare(`SELECT pk FROM "${name}" WHERE ${where} LIMIT 1`).get() as { pk: string };
    database
      .prepare(
        `UPDATE "${name}" SET item_json = replace(item_json, 'approvalCode', 'approvalCodf') WHERE ${where} AND pk = ?`,
      )
      .run(pk);
    database.close();
    const changed = verify(readDataFolder(copy).items).findings;
    expect(changed[0]?.id).toBe(`${pk.slice(2)}/000002`);
  });
});

/** The kinds of what is kept, each with how a finding names it. */
const kinds: readonly { readonly kind: string; readonly is: (pk: string, sk: string) => boolean }[] = [
  { kind: 'transition', is: (pk, sk) => /^(?:pay|gc)_/u.test(pk) && sk.startsWith('transition#') },
  { kind: 'segment', is: (_pk, sk) => sk.startsWith('segment#') },
  { kind: 'bucket', is: (_pk, sk) => sk.startsWith('bucket#') },
  { kind: 'head', is: (pk, sk) => pk.startsWith('chain#') && sk === 'head' },
  { kind: 'lot', is: (pk) => pk.startsWith('lot_') },
  { kind: 'root', is: (pk) => pk === 'roots' },
];

/** A small generator of numbers, so that a seed tells a flip again (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the books say when one bit of one byte of one item's text is another. */
function afterFlip(kind: (typeof kinds)[number], seed: number) {
  const random = randomOf(seed);
  const chosen = items.filter(({ pk, sk }) => kind.is(pk?.S ?? '', sk?.S ?? ''));
  const item = chosen[Math.floor(random() * chosen.length)] ?? {};
  const bytes = Buffer.from(itemJson(item));
  const at = Math.floor(random() * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 7));
  const flipped = parseItem(bytes.toString('utf8'));
  const name = [item['pk']?.S, item['sk']?.S].join(' ');
  const rest = items.filter((each) => each !== item);
  const { findings } = flipped
    ? verify([...rest, flipped])
    : verify(rest, [finding(name, 'an item', 'no JSON of attributes')]);
  // Where the key itself was changed, the item goes by another name from then on.
  return { names: [item, flipped ?? item].flatMap(namesOf), findings, text: bytes.toString('utf8') };
}

/** Names by which findings may tell of an item. */
function namesOf({ pk, sk }: Item): readonly string[] {
  const [object = '', sort = ''] = [pk?.S, sk?.S];
  const chain = object.replace('chain#', 'chain ');
  if (sort.startsWith('segment#')) return [`segment ${Number(sort.slice(8))} of ${chain}`, `${object} ${sort}`];
  if (sort.startsWith('bucket#')) return [`the bucket of ${sort.slice(7)} in ${chain}`, `${object} ${sort}`];
  if (sort === 'head') return [`the head of ${chain}`, `${object} ${sort}`];
  if (object === 'roots') return [`the root of ${sort}`, `${object} ${sort}`];
  return [object];
}

test.each(kinds)('one byte changed in a $kind is always found, and named', (kind) => {
  const missed: string[] = [];
  for (let seed = 1; seed <= 40; seed += 1) {
    const { names, findings, text } = afterFlip(kind, seed);
    const isNamed = findings.some(({ id, expected }) => names.some((name) => `${id} ${expected}`.includes(name)));
    if (!isNamed) missed.push(`seed ${seed}: ${text} -> ${JSON.stringify(findings.slice(0, 2))}`);
  }
  expect(missed).toEqual([]);
});
