import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Call } from '../house/server.ts';
import { Refusal } from '../house/server.ts';

/** Every error of the API looks like this. */
export function describeError(status: number, message: string): unknown {
  return { error: { code: errorCodes.get(status) ?? 'invalid_request', message } };
}

const errorCodes: ReadonlyMap<number, string> = new Map([
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [409, 'reference_conflict'],
  [413, 'body_too_large'],
  [500, 'internal_error'],
]);

export const reference = z.string().regex(/^[\x21-\x7e]{1,64}$/u, 'must be 1 to 64 printable ASCII characters');

/** Minor units. */
export const amount = z.int().min(1);

export const currency = z.string().regex(/^[A-Z]{3}$/u, 'must be an ISO 4217 code');

/** The reference in the path. */
export function referenceOf({ segments: [segment] }: Call): string {
  return parseOrRefuse(z.object({ reference }), { reference: segment }, describeError).reference;
}

/** A reference stands for one thing for ever; a second request under it that asks something else is refused. */
export function referenceConflict(otherwise: string): Refusal {
  return new Refusal(409, describeError(409, `the reference was used ${otherwise}`));
}
