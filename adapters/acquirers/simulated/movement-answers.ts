import * as z from 'zod';
import type {
  Cancelled,
  MovementAccepted,
  MovementRefusalCode,
  MovementRefused,
} from '../../../core/payments/acquirer.ts';
import type { Reply } from '../exchange.ts';
import { unreadable } from '../exchange.ts';
import { refusal } from './answers.ts';

const movement = z.discriminatedUnion('state', [
  z.object({ state: z.literal('accepted'), reference: z.string(), networkReference: z.string().min(1) }),
  z.object({ state: z.literal('refused'), reference: z.string(), code: z.string() }),
  z.object({ state: z.literal('cancelled'), reference: z.string() }),
]);

/** The acquirer's words for a refusal; one that is not here is final all the same, without a reason that we know. */
const refusalCodes: ReadonlyMap<string, MovementRefusalCode> = new Map([
  ['unknown_authorization', 'authorization_unknown'],
  ['authorization_closed', 'authorization_closed'],
  ['authorization_expired', 'authorization_expired'],
  ['exceeds_authorized', 'amount_exceeds_authorized'],
  ['exceeds_captured', 'amount_exceeds_captured'],
  ['currency_differs', 'currency_mismatch'],
]);

/**
 * Reads a capture or refund out of a 200.
 *
 * @throws AcquirerRequestRefused for a 400 or 409 in the acquirer's own form.
 * @throws AcquirerOutcomeUnknown for all else, and for an answer about another reference.
 */
export function readMovement(
  reply: Reply,
  reference: string,
  about: string,
): MovementAccepted | MovementRefused | Cancelled {
  if (reply.status !== 200) throw refusal(reply, about);
  const parsed = movement.safeParse(reply.body);
  if (!parsed.success || parsed.data.reference !== reference) throw unreadable(about, reply.status);
  switch (parsed.data.state) {
    case 'accepted':
      return { kind: 'accepted', networkReference: parsed.data.networkReference };
    case 'refused':
      return { kind: 'refused', code: refusalCodes.get(parsed.data.code) ?? 'processing_error' };
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}
