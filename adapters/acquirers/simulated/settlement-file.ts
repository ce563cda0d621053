import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SettlementFile, SettlementLine } from '../../../core/payments/acquirer.ts';
import { UnusableSettlementFile } from '../../../core/payments/acquirer.ts';
import { download, parseJson } from '../exchange.ts';
import { isNotFound, refusal } from './answers.ts';
import { checkSettlementFile, parseSettlementLine } from './check-settlement-file.ts';
import type { CheckedSettlementFile } from './check-settlement-file.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';

/**
 * GET /settlements/{date}: there is none before the day is over by the acquirer's clock. It is kept in a temporary file,
 * so that what is booked line by line is what was looked over as a whole, and none of it has to fit into memory.
 */
export async function settlementFile(connection: Connection, date: string): Promise<SettlementFile | undefined> {
  const about = `simulated acquirer, settlement file of ${date}`;
  const folder = await mkdtemp(join(tmpdir(), 'settlement-'));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'file');
    const request = {
      method: 'GET',
      url: resourceUrl(connection, 'settlements', date),
      timeoutMilliseconds: connection.settlementTimeoutMilliseconds,
      about,
    } as const;
    const { status, text } = await download(request, path);
    if (status === 200) return { ...(await check(path, date)), lines: (after) => linesOf(path, after), close };
    await close();
    const reply = { status, body: parseJson(text, about) };
    if (isNotFound(reply)) return undefined;
    throw refusal(reply, about);
  } catch (error) {
    await close();
    throw error;
  }
}

async function check(path: string, date: string): Promise<CheckedSettlementFile> {
  const whole = checkSettlementFile();
  for await (const line of rawLinesOf(path)) whole.take(line);
  const checked = whole.finish();
  if (checked.date !== date) throw new UnusableSettlementFile(1, 'it is of another day');
  return checked;
}

async function* linesOf(path: string, after: number): AsyncGenerator<SettlementLine> {
  let number = 0;
  let waiting: Buffer | undefined;
  for await (const line of rawLinesOf(path)) {
    // The header is line 1; the trailer, which nothing follows, is never given out.
    if (waiting && number > after + 1) yield parseSettlementLine(waiting.toString(), number);
    waiting = line;
    number += 1;
  }
}

/** Far above any line of ours. */
const longestLine = 16 * 1024;

/** The bytes of each line. Throws UnusableSettlementFile when the last one does not end, or one does not end soon. */
export async function* rawLinesOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  const chunks: AsyncIterable<Buffer> = createReadStream(path);
  for await (const chunk of chunks) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      number += 1;
      yield bytes.subarray(0, end);
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > longestLine) throw new UnusableSettlementFile(number + 1, 'the line is too long');
    rest = bytes;
  }
  if (rest.length > 0) throw new UnusableSettlementFile(number + 1, 'the line does not end');
}
