import * as z from 'zod';
import type { Approved, DeclineCode } from '../../../core/payments/acquirer.ts';
import { AcquirerRequestRefused } from '../../../core/payments/acquirer.ts';
import type { Reply } from '../exchange.ts';
import { unreadable } from '../exchange.ts';

/** An approved sale, as a 201 and a 409 "too late" hold it. */
export const sale = z.object({
  merchantReference: z.string(),
  responseCode: z.literal('00'),
  authorisationCode: z.string().min(1),
  retrievalReference: z.string().min(1),
});

const fault = z.object({ fault: z.object({ responseCode: z.string().regex(/^[0-9A-Z]{2}$/u) }) });

/** ISO 8583, field 39; one that is not here is the issuer's "no" without a reason. */
const declineCodes: ReadonlyMap<string, DeclineCode> = new Map([
  ['05', 'do_not_honor'],
  ['14', 'invalid_number'],
  ['41', 'lost_card'],
  ['43', 'stolen_card'],
  ['51', 'insufficient_funds'],
  ['54', 'expired_card'],
  ['59', 'fraud_blocked'],
  ['96', 'processing_error'],
  ['N7', 'incorrect_cvc'],
  ['1A', 'authentication_required'],
  ['R0', 'authorization_cancelled'],
]);

/** Our decline code for the acquirer's response code. */
export function declineCodeOf(responseCode: string): DeclineCode {
  return declineCodes.get(responseCode) ?? 'do_not_honor';
}

/** A sale captures at once, so nothing is held and nothing expires. */
export function toApproved({ authorisationCode, retrievalReference }: z.infer<typeof sale>): Approved {
  return { kind: 'approved', approvalCode: authorisationCode, networkReference: retrievalReference };
}

/** What to throw for an answer that is none of those expected: a refusal of the request itself, or an unknown outcome. */
export function unexpected({ status, body }: Reply, about: string): Error {
  const parsed = fault.safeParse(body);
  if (!parsed.success || (status !== 400 && status !== 409)) return unreadable(about, status);
  return new AcquirerRequestRefused(`${about}: refused (${status}, response code ${parsed.data.fault.responseCode})`);
}
