import * as z from 'zod';
import type { Approved, DeclineCode, MovementRefusalCode } from '../../../core/payments/acquirer.ts';
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

/** An approved credit, as a 201 and a 409 "too late" hold it. */
export const credit = z.object({
  merchantReference: z.string(),
  responseCode: z.literal('00'),
  retrievalReference: z.string().min(1),
});

export const responseCode = z.string().regex(/^[0-9A-Z]{2}$/u);

/** What a 402 holds, of a sale or a credit. */
export const refusal = z.object({ refusal: z.object({ merchantReference: z.string(), responseCode }) });

const fault = z.object({ fault: z.object({ responseCode }) });

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

/** ISO 8583, field 39, of a credit; one that is not here is final all the same, without a reason that we know. */
const refusalCodes: ReadonlyMap<string, MovementRefusalCode> = new Map([
  ['25', 'authorization_unknown'],
  ['61', 'amount_exceeds_captured'],
  ['64', 'currency_mismatch'],
  ['R0', 'movement_cancelled'],
]);

/** Our refusal code of a refund for the acquirer's response code. */
export function refusalCodeOf(code: string): MovementRefusalCode {
  return refusalCodes.get(code) ?? 'processing_error';
}

/** Our decline code for the acquirer's response code. */
export function declineCodeOf(code: string): DeclineCode {
  return declineCodes.get(code) ?? 'do_not_honor';
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
