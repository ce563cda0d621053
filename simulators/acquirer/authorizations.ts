import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Verdict } from '../house/issuer.ts';
import { disputesLater, judgeCard } from '../house/issuer.ts';
import type { Answer } from '../house/server.ts';
import { amount, currency, describeError, reference, referenceConflict } from './api.ts';
import type { Authorization } from './authorization-books.ts';
import type { AcquirerBooks } from './books.ts';

const authorizationBody = z.strictObject({
  reference,
  amount,
  currency,
  card: z.strictObject({
    number: z.string().regex(/^\d{12,19}$/u, 'must be 12 to 19 digits'),
    expMonth: z.int().min(1).max(12),
    expYear: z.int().min(2000).max(9999),
    cvc: z
      .string()
      .regex(/^\d{3,4}$/u, 'must be 3 or 4 digits')
      .optional(),
    holderName: z.string().min(1).max(256),
  }),
});

/** POST /authorizations. */
export function authorize(books: AcquirerBooks, body: unknown, now: number): Answer {
  const request = parseOrRefuse(authorizationBody, body, describeError);
  return books.atomically(() => {
    if (books.movements.find(request.reference)) throw referenceConflict('for a capture or refund');
    const standing = books.authorizations.find(request.reference) ?? books.authorizations.open(decide(request, now));
    if (disputesLater(request.card)) books.disputes.mark(request.reference);
    // Where a cancellation came first there is no amount to compare: the authorization is refused whatever it asks.
    const isOther = standing.amount !== request.amount || standing.currency !== request.currency;
    if (standing.amount !== null && isOther) throw referenceConflict('with another amount or currency');
    return { status: 200, body: present(standing) };
  });
}

/** GET /authorizations/{reference}. */
export function lookUpAuthorization(books: AcquirerBooks, of: string): Answer {
  const found = books.authorizations.find(of);
  if (!found) return { status: 404, body: describeError(404, 'no authorization has this reference') };
  return { status: 200, body: present(found) };
}

/** POST /authorizations/{reference}/cancel. What was captured stands: only what is still held is released. */
export function cancelAuthorization(books: AcquirerBooks, of: string, now: number): Answer {
  return books.atomically(() => {
    if (books.movements.find(of)) throw referenceConflict('for a capture or refund');
    return { status: 200, body: present(books.authorizations.cancel(of, new Date(now).toISOString())) };
  });
}

/** Days for which an approval holds the amount; the networks' window for a payment that the customer began. */
const holdDays = 7;

function decide(request: z.infer<typeof authorizationBody>, now: number): Authorization {
  const verdict = judgeCard(request.card, now);
  const approved = verdict === 'approved';
  return {
    reference: request.reference,
    operation: 'authorize',
    state: approved ? 'approved' : 'declined',
    code: responseCodes[verdict],
    amount: request.amount,
    currency: request.currency,
    last4: request.card.number.slice(-4),
    approvalCode: approved ? randomBytes(3).toString('hex').toUpperCase() : null,
    networkReference: approved ? `ntx_${randomBytes(10).toString('hex')}` : null,
    expiresAt: approved ? new Date(now + holdDays * 86_400_000).toISOString() : null,
    createdAt: new Date(now).toISOString(),
  };
}

const responseCodes: Readonly<Record<Verdict, string>> = {
  approved: 'approved',
  generic_decline: 'do_not_honour',
  insufficient_funds: 'insufficient_funds',
  lost_card: 'lost_card',
  stolen_card: 'stolen_card',
  expired_card: 'expired_card',
  wrong_cvc: 'cvc_mismatch',
  processing_error: 'issuer_malfunction',
  invalid_number: 'invalid_number',
  fraud: 'suspected_fraud',
  authentication_required: 'strong_authentication_required',
};

function present({ reference: of, state, code, ...rest }: Authorization): unknown {
  const { amount: held, currency: heldIn, approvalCode, networkReference, expiresAt } = rest;
  return { reference: of, state, code, amount: held, currency: heldIn, approvalCode, networkReference, expiresAt };
}
