import * as z from 'zod';

/**
 * An event as it goes over the bus and, later, to webhooks. At least once and in no order across objects: a consumer
 * keeps the highest `object.version` it has seen of an object and ignores what is older.
 */
export const event = z.object({
  id: z.string().regex(/^evt_[0-9a-z]{26}$/u),
  type: z.string(),
  time: z.iso.datetime(),
  object: z.object({ type: z.literal('payment'), id: z.string(), version: z.int() }),
  data: z.object({
    status: z.string(),
    previousStatus: z.string(),
    cause: z.string(),
    amountAuthorized: z.int(),
    amountCaptured: z.int(),
    amountRefunded: z.int(),
    movement: z
      .object({
        id: z.string(),
        kind: z.string(),
        amount: z.int(),
        state: z.string(),
        failureCode: z.string().optional(),
      })
      .optional(),
    declineCode: z.string().optional(),
    failureCode: z.string().optional(),
  }),
});

export type Event = z.infer<typeof event>;

/** The `source` of everything we put on the bus. */
export const eventSource = 'quittance';
