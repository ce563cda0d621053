import { createHash } from 'node:crypto';
import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Answer, Call } from '../house/server.ts';
import { describeError } from './api.ts';
import type { AcquirerBooks } from './books.ts';
import type { DisputeEntry } from './dispute-books.ts';
import type { Movement } from './movement-books.ts';
import { dayOf } from './movement-rules.ts';
import type { SettlementFaults, WrittenLine } from './settlement-faults.ts';

const path = z.object({ date: z.iso.date() });

/**
 * GET /settlements/{date}: the file of a day that is over by the acquirer's clock, also of one on which nothing moved.
 * Its movements can no longer be cancelled, so the file is the same whenever it is asked for.
 * Faults make it another one.
 */
export function settlement(
  books: AcquirerBooks,
  faults: SettlementFaults,
  { segments: [segment] }: Call,
  now: number,
): Answer {
  const { date } = parseOrRefuse(path, { date: segment }, describeError);
  if (date >= dayOf(now)) return { status: 404, body: describeError(404, 'the day is not over yet') };
  if (faults.isLate(date)) return { status: 404, body: describeError(404, 'the file is not there yet') };
  const moved = [...books.movements.ofDay(date), ...books.disputes.ofDay(date)];
  const text = settlementFile(date, faults.write(date, moved.flatMap(toLine)));
  return { status: 200, text: faults.isCut(date) ? text.slice(0, text.length / 2) : text };
}

/** What takes money from the merchant. A tombstone moves nothing. */
const isOutgoing: Readonly<Record<(Movement | DisputeEntry)['operation'], boolean>> = {
  capture: false,
  refund: true,
  cancel: false,
  chargeback: true,
  chargeback_reversal: false,
};

interface Sums {
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
}

/** The text of a day's file (README.md): JSON lines, amounts as decimal strings because sums leave the exact numbers. */
function settlementFile(date: string, movements: readonly WrittenLine[]): string {
  const lines: string[] = [JSON.stringify({ record: 'header', version: 1, date })];
  const totals = new Map<string, Sums>();
  for (const { reference, operation, currency, ...movement } of movements) {
    const sums = sumsOf(movement.isOutgoing ? -1n : 1n, movement.amount, movement.fee);
    lines.push(JSON.stringify({ record: 'movement', reference, operation, currency, ...asText(sums) }));
    totals.set(currency, add(totals.get(currency), sums));
  }
  const body = `${lines.join('\n')}\n`;
  const trailer = {
    record: 'trailer',
    date,
    count: movements.length,
    sums: [...totals].sort(byCurrency).map(([currency, sums]) => ({ currency, ...asText(sums) })),
    sha256: createHash('sha256').update(body).digest('hex'),
  };
  return `${body}${JSON.stringify(trailer)}\n`;
}

/** What was refused or cancelled has neither a currency nor an amount. */
function toLine({ reference, operation, currency, amount, fee }: Movement | DisputeEntry): readonly WrittenLine[] {
  if (currency === null) return [];
  return [{ reference, operation, currency, isOutgoing: isOutgoing[operation], amount: amount ?? 0, fee: fee ?? 0 }];
}

/** Signed as the merchant sees it: a refund takes away. */
function sumsOf(sign: bigint, amount: number, fee: number): Sums {
  const gross = sign * BigInt(amount);
  return { gross, fee: BigInt(fee), net: gross - BigInt(fee) };
}

function add(sums: Sums | undefined, { gross, fee, net }: Sums): Sums {
  if (!sums) return { gross, fee, net };
  return { gross: sums.gross + gross, fee: sums.fee + fee, net: sums.net + net };
}

function asText({ gross, fee, net }: Sums) {
  return { gross: gross.toString(), fee: fee.toString(), net: net.toString() };
}

function byCurrency([one]: readonly [string, Sums], [other]: readonly [string, Sums]): number {
  return one < other ? -1 : 1;
}
