import * as z from 'zod';
import type { Movement } from '../../core/payments/movements/movement.ts';
import { amount } from './amount.ts';

/**
 * A movement as a payment's item and its transitions hold it, under its id or with it: what follows from the rest is
 * left out, and what each has goes by a short name (decision record 0009).
 */
export function toMovementItem({ id: _key, taken, isFinal, requestHash, begunBy, begunAt, ...rest }: Movement) {
  return {
    ...rest,
    ...(taken === rest.amount ? {} : { taken }),
    ...(isFinal ? { isFinal } : {}),
    ...{ hash: requestHash, by: begunBy, at: begunAt },
  };
}

const fields = z.object({
  kind: z.enum(['capture', 'void', 'expiry', 'refund']),
  amount,
  taken: amount.exactOptional(),
  parts: z.array(z.object({ amount, taken: amount })).exactOptional(),
  isFinal: z.literal(true).exactOptional(),
  state: z.enum(['pending', 'succeeded', 'failed']),
  failureCode: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  hash: z.string(),
  by: z.string(),
  at: z.string(),
  version: z.int().exactOptional(),
});

/** A movement with its id, as a transition tells it. */
export const movementItem = fields.extend({ id: z.string() }).transform(toMovement);

/** Movements by id, as a payment holds them. */
export const movementItems = z
  .record(z.string(), fields)
  .transform((items) =>
    Object.fromEntries(Object.entries(items).map(([id, item]) => [id, toMovement({ id, ...item })])),
  );

function toMovement({ hash, by, at, taken, isFinal, ...rest }: z.output<typeof fields> & { id: string }): Movement {
  return {
    ...rest,
    taken: taken ?? rest.amount,
    isFinal: isFinal ?? false,
    requestHash: hash,
    begunBy: by,
    begunAt: at,
  };
}
