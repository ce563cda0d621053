import { expect } from '@jest/globals';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { CreatePayment, Payment } from '../../packages/client/index.ts';
import { createClient } from '../../packages/client/index.ts';
export { cardNumber } from '../../scripts/card-number.ts';
import type { Connection } from '../../scripts/throw-away-instance.ts';
import { contextOf } from '../../scripts/buyer-context.ts';

export const testCvc = '837';

/** Whether the security code that the tests use stands in a text as a value of its own, however deep it is quoted. */
export function holdsCvc(text: string): boolean {
  return new RegExp(`(?<=[\\\\"'])${testCvc}(?=[\\\\"'])`, 'u').test(text);
}

/** A buyer of their own: another card, device and address for each, so that velocity rules leave honest load alone. */
export function shopper(instance: Connection) {
  const client = createClient({
    apiUrl: instance.outputs.apiUrl,
    accessToken: instance.accessTokenFor('payments/create'),
  });
  const numbers = new Set<string>();
  return {
    client,
    /** Every card number that was used, for the search at the end. */
    numbers,
    token: async (number: string) => {
      numbers.add(number);
      const card = { number, expMonth: 12, expYear: 2035, cvc: testCvc, holderName: 'Ada Lovelace' };
      return (await client.createToken(card, await instance.now())).id;
    },
  };
}

export function paymentOf(instance: Connection, token: string, index: number, amount = 1000 + index): CreatePayment {
  return {
    sellerId: instance.outputs.demo.sellerId,
    amount,
    currency: 'EUR',
    tenders: [{ type: 'card', token }],
    buyer: { id: `buyer-${index}`, email: `buyer-${index}@example.com` },
    context: contextOf(index, `device-${index}`, 'test'),
  };
}

/** Runs `work` for 0 .. count - 1, `width` at a time. */
export async function eachConcurrently(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

const acquirerRow = z.object({
  reference: z.string(),
  amount: z.int().nullable(),
  currency: z.string().nullable(),
  state: z.enum(['approved', 'declined', 'cancelled']),
});
export type AcquirerRow = z.infer<typeof acquirerRow>;

/** The acquirer's own book, by reference. */
export async function acquirerBook(instance: Connection): Promise<ReadonlyMap<string, AcquirerRow>> {
  const answer = await fetch(`${instance.outputs.acquirerUrl}/records?limit=10000`);
  const { data } = z.object({ data: z.array(acquirerRow) }).parse(await answer.json());
  return new Map(data.map((row) => [row.reference, row]));
}

/** Our book and the acquirer's agree, payment by payment, and nothing is open any more. */
export function expectBooksToAgree(payments: readonly Payment[], book: ReadonlyMap<string, AcquirerRow>): void {
  const ours = new Map(payments.map((payment) => [payment.tenders[0]?.reference ?? '', payment]));
  const disagreements = payments.flatMap((payment) => {
    const row = book.get(payment.tenders[0]?.reference ?? '');
    return agrees(payment, row) ? [] : [{ id: payment.id, status: payment.status, acquirer: row }];
  });
  expect(disagreements).toEqual([]);
  expect([...book.keys()].filter((reference) => !ours.has(reference))).toEqual([]);
}

function agrees(payment: Payment, row: AcquirerRow | undefined): boolean {
  switch (payment.status) {
    case 'authorized':
      return row?.state === 'approved' && row.amount === payment.amount && row.currency === payment.currency;
    case 'declined':
      return payment.declineCode === 'blocked_by_risk' ? row === undefined : row?.state === 'declined';
    case 'failed':
      // Nothing may be held; a decline that arrived before the cancellation stays one in the acquirer's book.
      return row?.state !== 'approved';
    default:
      return false;
  }
}

/** Files below a folder that hold one of the numbers: plain, in base64 at any alignment, in hex, or within gzip. */
export function filesHolding(folder: string, numbers: Iterable<string>): string[] {
  const holdsAny = searchFor([...numbers].flatMap(encodings));
  return listFiles(folder).filter((file) => {
    const bytes = readFileSync(file);
    return [bytes, ...gunzippedPartsOf(bytes)].some((part) => holdsAny(part.toString('latin1')));
  });
}

/** Whether a text holds one of many needles: in one pass over their beginnings, which hundreds of card numbers share. */
export function searchFor(needles: readonly string[]): (text: string) => boolean {
  const beginning = 8;
  const byBeginning = Map.groupBy(needles, (needle) => needle.slice(0, beginning));
  const beginnings = [...byBeginning.keys()].map((text) => text.replace(/[^\w]/gu, '\\$&'));
  if (beginnings.length === 0) return () => false;
  return (text) => {
    const pattern = new RegExp(beginnings.join('|'), 'g');
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const { index } = match;
      if (byBeginning.get(match[0])?.some((needle) => text.startsWith(needle, index)) === true) return true;
      // The next one may begin within this one.
      pattern.lastIndex = index + 1;
    }
    return false;
  };
}

/** How a number looks in text, in base64 (three alignments, their ends cut where neighbours shine through), and in hex. */
export function encodings(number: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from('\0'.repeat(shift) + number)
      .toString('base64')
      .replace(/=+$/u, '');
    return text.slice(shift === 0 ? 0 : shift + 1, (number.length + shift) % 3 === 0 ? undefined : -1);
  });
  const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [number, Buffer.from(number).toString('hex'), ...base64, ...base64url];
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Whatever unpacks as gzip from any place where its mark stands. */
function gunzippedPartsOf(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  const mark = Buffer.from([0x1f, 0x8b, 0x08]);
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    try {
      parts.push(gunzipSync(bytes.subarray(at), { finishFlush: 2 }));
    } catch {
      // Three bytes that look like gzip by chance.
    }
  }
  return parts;
}
