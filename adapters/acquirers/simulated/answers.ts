import * as z from 'zod';
import type { Approved, Cancelled, Declined, DeclineCode } from '../../../core/payments/acquirer.ts';
import { AcquirerRequestRefused } from '../../../core/payments/acquirer.ts';
import type { Reply } from '../exchange.ts';
import { unreadable } from '../exchange.ts';

const authorization = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('approved'),
    reference: z.string(),
    approvalCode: z.string().min(1),
    networkReference: z.string().min(1),
    expiresAt: z.iso.datetime(),
  }),
  z.object({ state: z.literal('declined'), reference: z.string(), code: z.string() }),
  z.object({ state: z.literal('cancelled'), reference: z.string() }),
]);

const problem = z.object({ error: z.object({ code: z.string().regex(/^[a-z_]{1,40}$/u) }) });

/** The acquirer's words for a decline; one that is not here is the issuer's "no" without a reason. */
const declineCodes: ReadonlyMap<string, DeclineCode> = new Map([
  ['do_not_honour', 'do_not_honor'],
  ['insufficient_funds', 'insufficient_funds'],
  ['lost_card', 'lost_card'],
  ['stolen_card', 'stolen_card'],
  ['expired_card', 'expired_card'],
  ['cvc_mismatch', 'incorrect_cvc'],
  ['invalid_number', 'invalid_number'],
  ['issuer_malfunction', 'processing_error'],
  ['suspected_fraud', 'fraud_blocked'],
  ['strong_authentication_required', 'authentication_required'],
]);

/**
 * Reads an authorization out of a 200.
 *
 * @throws AcquirerRequestRefused for a 400 or 409 in the acquirer's own form.
 * @throws AcquirerOutcomeUnknown for all else, and for an answer about another reference.
 */
export function readAuthorization(reply: Reply, reference: string, about: string): Approved | Declined | Cancelled {
  if (reply.status !== 200) throw refusal(reply, about);
  const parsed = authorization.safeParse(reply.body);
  if (!parsed.success || parsed.data.reference !== reference) throw unreadable(about, reply.status);
  switch (parsed.data.state) {
    case 'approved': {
      const { approvalCode, networkReference, expiresAt } = parsed.data;
      return { kind: 'approved', approvalCode, networkReference, expiresAt };
    }
    case 'declined':
      return { kind: 'declined', code: declineCodes.get(parsed.data.code) ?? 'do_not_honor' };
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}

/** Whether a 404 is the acquirer's own "no such reference", not that of something in between. */
export function isNotFound({ status, body }: Reply): boolean {
  const parsed = problem.safeParse(body);
  return status === 404 && parsed.success && parsed.data.error.code === 'not_found';
}

/** What to throw for an answer that is no 200: a refusal of the request itself, or an unknown outcome. */
export function refusal({ status, body }: Reply, about: string): Error {
  const parsed = problem.safeParse(body);
  if (!parsed.success || (status !== 400 && status !== 409)) return unreadable(about, status);
  return new AcquirerRequestRefused(`${about}: refused (${status} ${parsed.data.error.code})`);
}
