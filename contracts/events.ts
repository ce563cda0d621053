import * as z from 'zod';

const id = z.string().regex(/^evt_[0-9a-z]{26}$/u);

/**
 * An event as it goes over the bus and, later, to webhooks. At least once and in no order across objects: a consumer
 * keeps the highest `object.version` it has seen of an object and ignores what is older.
 */
export const event = z.object({
  id,
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

/** An event of a dispute: how it stands, and whose payment it is about. `version` is the dispute's own. */
export const disputeEvent = z.object({
  id,
  type: z.string().startsWith('dispute.'),
  time: z.iso.datetime(),
  object: z.object({ type: z.literal('dispute'), id: z.string(), version: z.int() }),
  data: z.object({
    kind: z.enum(['inquiry', 'chargeback']),
    state: z.string(),
    previousState: z.string().optional(),
    amount: z.int(),
    fee: z.int(),
    currency: z.string(),
    reason: z.string(),
    captureId: z.string(),
    paymentId: z.string(),
    paymentStatus: z.string(),
  }),
});

export type DisputeEvent = z.infer<typeof disputeEvent>;

/** An event of a gift card: what moved and how the card stands after it. Its code is in no event. */
export const giftCardEvent = z.object({
  id,
  type: z.string().startsWith('gift_card.'),
  time: z.iso.datetime(),
  object: z.object({ type: z.literal('gift_card'), id: z.string(), version: z.int() }),
  data: z.object({
    status: z.enum(['active', 'expired']),
    previousStatus: z.enum(['unissued', 'active', 'expired']),
    /** The id of the payment, capture or refund that caused it, or a word. */
    cause: z.string(),
    /** Whose hold it is, where it is about one. */
    paymentId: z.string().optional(),
    currency: z.string(),
    /** What was put on the card, held, redeemed, given back from a hold, or lapsed. */
    moved: z.object({
      credited: z.int(),
      held: z.int(),
      redeemed: z.int(),
      released: z.int(),
      lapsed: z.int(),
    }),
    balance: z.int(),
    held: z.int(),
    available: z.int(),
    expiresAt: z.iso.datetime(),
  }),
});

export type GiftCardEvent = z.infer<typeof giftCardEvent>;

/** The `source` of everything we put on the bus. */
export const eventSource = 'quittance';
