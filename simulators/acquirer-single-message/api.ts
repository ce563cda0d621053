import * as z from 'zod';
import { Refusal } from '../house/server.ts';
import { isAmountOf } from './money.ts';

/** Errors are spoken in ISO 8583's response codes: 30 format error, 94 duplicate, 96 malfunction, 12 the rest. */
export function describeError(status: number, message: string): unknown {
  return { fault: { responseCode: responseCodesByStatus.get(status) ?? '12', text: message } };
}

const responseCodesByStatus: ReadonlyMap<number, string> = new Map([
  [400, '30'],
  [409, '94'],
  [413, '30'],
  [500, '96'],
]);

export const merchantReference = z.string().regex(/^[\x21-\x7e]{1,64}$/u, 'must be 1 to 64 printable ASCII characters');

export const total = z
  .strictObject({
    value: z.string().regex(/^\d{1,13}(?:\.\d{1,4})?$/u, 'must be a decimal number'),
    currency: z.string().regex(/^[A-Z]{3}$/u, 'must be an ISO 4217 code'),
  })
  .refine(
    ({ value, currency }) => isAmountOf(value, currency),
    "must be positive, with exactly the currency's decimals",
  );

/** A reference stands for one thing for ever; a second request under it that asks something else is refused. */
export function referenceConflict(otherwise: string): Refusal {
  return new Refusal(409, describeError(409, `the reference was used ${otherwise}`));
}

/** Hours after a sale or a credit in which it can be reversed; later the money is with the banks. */
const reversalWindowHours = 24;

/** The time (milliseconds since the epoch) after which something must have been made to be reversed now. */
export function reversibleSince(now: number): number {
  return now - reversalWindowHours * 3_600_000;
}
