import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import type { Occurrence, Replayed } from './replay.ts';
import { replay } from './replay.ts';

/** Labelled card payments in the order of their times, by column. */
export interface Transactions {
  readonly count: number;
  /** Days since the file's day 0, with fractions. */
  readonly times: Float64Array;
  readonly customers: Uint16Array;
  readonly terminals: Uint16Array;
  /** Cents. */
  readonly amounts: Uint32Array;
  /** 1 for fraud. */
  readonly labels: Uint8Array;
}

/**
 * Reads a file of ../shared/fraud-data (its README.md tells the format). Throws when it is cut off, or has more than it says.
 */
export function readTransactions(path: string): Transactions {
  const bytes = brotliDecompressSync(readFileSync(path));
  let at = 0;
  const take = (length: number) => {
    if (at + length > bytes.length) throw new Error(`${path} ends before its columns do`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const header = take(12);
  const [count, firstDay, frauds] = [header.readUInt32LE(0), header.readUInt32LE(4), header.readUInt32LE(8)];
  const [gaps, customers, terminals, amounts] = [take(count * 2), take(count * 2), take(count * 2), take(count * 4)];
  const fraudGaps = take(frauds * 4);
  if (at !== bytes.length) throw new Error(`${path} has ${bytes.length - at} bytes behind its columns`);
  const labels = new Uint8Array(count);
  for (let index = 0, fraud = 0; index < frauds; index += 1) {
    fraud += fraudGaps.readUInt32LE(index * 4);
    if (fraud >= count) throw new Error(`${path} names fraud ${fraud} of ${count} payments`);
    labels[fraud] = 1;
  }
  const times = new Float64Array(count);
  for (let index = 0, seconds = 0; index < count; index += 1) {
    seconds += gaps.readUInt16LE(index * 2);
    times[index] = firstDay + seconds / 86_400;
  }
  return {
    count,
    times,
    customers: Uint16Array.from({ length: count }, (_, index) => customers.readUInt16LE(index * 2)),
    terminals: Uint16Array.from({ length: count }, (_, index) => terminals.readUInt16LE(index * 2)),
    amounts: Uint32Array.from({ length: count }, (_, index) => amounts.readUInt32LE(index * 4)),
    labels,
  };
}

/** The file's day 0, Sunday 1 April 2018, in days since the Unix epoch. */
const dayZero = Date.UTC(2018, 3, 1) / 86_400_000;
/** What the file does not tell of a payment. */
const notInTheFile = { buyer: '', device: '', address: '', countriesDiffer: false, byGiftCard: false } as const;

/** The vectors of a file's payments, from a day of the file on. */
export function replayTransactions(transactions: Transactions, firstDay: number): Replayed {
  const { count, times, customers, terminals, amounts, labels } = transactions;
  const at = (index: number): Occurrence => ({
    event: {
      ...{ kind: 'payment', at: dayZero + (times[index] ?? 0), amount: amounts[index] ?? 0 },
      ...{ card: String(customers[index] ?? 0), ...notInTheFile },
    },
    seller: String(terminals[index] ?? 0),
    isDeclined: false,
    isFraud: labels[index] === 1,
  });
  return replay(
    { count, at },
    times.findIndex((time) => time >= firstDay),
  );
}
