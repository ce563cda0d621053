import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Behaviour } from '../house/control.ts';
import { controlRoutes, misbehave, parseOrRefuse } from '../house/control.ts';
import type { Verdict } from '../house/issuer.ts';
import { judgeCard } from '../house/issuer.ts';
import type { Answer, Call, Route } from '../house/server.ts';
import { Refusal } from '../house/server.ts';
import type { Authorization, AuthorizationBooks } from './books.ts';

/** The operations that faults may name. */
const operations = ['authorize', 'lookUp', 'cancel'] as const;

/** The acquirer's API (README.md). */
export function acquirerRoutes(books: AuthorizationBooks, behaviour: Behaviour): readonly Route[] {
  const { clock } = behaviour;
  return [
    {
      method: 'POST',
      path: '/authorizations',
      run: (call) => misbehave(behaviour, 'authorize', describeError, () => authorize(books, call.body, clock.now())),
    },
    {
      method: 'GET',
      path: '/authorizations/:',
      run: (call) => misbehave(behaviour, 'lookUp', describeError, () => lookUp(books, referenceOf(call))),
    },
    {
      method: 'POST',
      path: '/authorizations/:/cancel',
      run: (call) => misbehave(behaviour, 'cancel', describeError, () => cancel(books, referenceOf(call), clock.now())),
    },
    { method: 'GET', path: '/records', run: (call) => listRecords(books, call.query) },
    ...controlRoutes(behaviour, operations, books, describeError),
  ];
}

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

const reference = z.string().regex(/^[\x21-\x7e]{1,64}$/u, 'must be 1 to 64 printable ASCII characters');

const authorizationBody = z.strictObject({
  reference,
  amount: z.int().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/u, 'must be an ISO 4217 code'),
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

function authorize(books: AuthorizationBooks, body: unknown, now: number): Answer {
  const request = parseOrRefuse(authorizationBody, body, describeError);
  const standing = books.find(request.reference) ?? books.open(decide(request, now));
  // Where a cancellation came first there is no amount to compare: the authorization is refused whatever it asks.
  const isOther = standing.amount !== request.amount || standing.currency !== request.currency;
  if (standing.amount !== null && isOther) {
    throw new Refusal(409, describeError(409, 'the reference was used with another amount or currency'));
  }
  return { status: 200, body: present(standing) };
}

function lookUp(books: AuthorizationBooks, of: string): Answer {
  const found = books.find(of);
  if (!found) return { status: 404, body: describeError(404, 'no authorization has this reference') };
  return { status: 200, body: present(found) };
}

function cancel(books: AuthorizationBooks, of: string, now: number): Answer {
  return { status: 200, body: present(books.cancel(of, new Date(now).toISOString())) };
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

function present({ reference: of, state, code, amount, currency, ...rest }: Authorization): unknown {
  const { approvalCode, networkReference, expiresAt } = rest;
  return { reference: of, state, code, amount, currency, approvalCode, networkReference, expiresAt };
}

function referenceOf({ segments: [segment] }: Call): string {
  return parseOrRefuse(z.object({ reference }), { reference: segment }, describeError).reference;
}

const recordsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
});

function listRecords(books: AuthorizationBooks, query: URLSearchParams): Answer {
  const { after, limit } = parseOrRefuse(recordsQuery, Object.fromEntries(query), describeError);
  const rows = books.page(after, limit);
  const data = rows.map(({ reference: of, operation, amount, currency, state }) => {
    return { reference: of, operation, amount, currency, state };
  });
  return { status: 200, body: { data, nextAfter: rows.length === limit ? rows.at(-1)?.sequence : null } };
}
