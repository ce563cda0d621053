import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Behaviour } from '../house/control.ts';
import { controlRoutes, misbehave, parseOrRefuse } from '../house/control.ts';
import type { Verdict } from '../house/issuer.ts';
import { judgeCard } from '../house/issuer.ts';
import type { Answer, Route } from '../house/server.ts';
import { Refusal } from '../house/server.ts';
import type { Sale, SalesBooks } from './books.ts';
import { isAmountOf } from './money.ts';

/** The operations that faults may name. */
const operations = ['authorize', 'cancel'] as const;

/** The acquirer's API (README.md). */
export function singleMessageRoutes(books: SalesBooks, behaviour: Behaviour): readonly Route[] {
  const { clock } = behaviour;
  return [
    {
      method: 'POST',
      path: '/v2/sales',
      run: ({ body }) => misbehave(behaviour, 'authorize', describeError, () => sell(books, body, clock.now())),
    },
    {
      method: 'POST',
      path: '/v2/reversals',
      run: ({ body }) => misbehave(behaviour, 'cancel', describeError, () => reverse(books, body, clock.now())),
    },
    { method: 'GET', path: '/records', run: ({ query }) => listRecords(books, query) },
    ...controlRoutes(behaviour, operations, books, describeError),
  ];
}

/** Errors are spoken in ISO 8583's response codes: 30 format error, 94 duplicate, 96 malfunction, 12 the rest. */
export function describeError(status: number, message: string): unknown {
  return { fault: { responseCode: responseCodesByStatus.get(status) ?? '12', text: message } };
}

const responseCodesByStatus: ReadonlyMap<number, string> = new Map([
  [400, '30'],
  [409, '94'],
  [413, '30'],
  [500, '96'],
]);

const merchantReference = z.string().regex(/^[\x21-\x7e]{1,64}$/u, 'must be 1 to 64 printable ASCII characters');

const saleBody = z.strictObject({
  merchantReference,
  total: z
    .strictObject({
      value: z.string().regex(/^\d{1,13}(?:\.\d{1,4})?$/u, 'must be a decimal number'),
      currency: z.string().regex(/^[A-Z]{3}$/u, 'must be an ISO 4217 code'),
    })
    .refine(
      ({ value, currency }) => isAmountOf(value, currency),
      "must be positive, with exactly the currency's decimals",
    ),
  account: z.strictObject({
    pan: z.string().regex(/^\d{12,19}$/u, 'must be 12 to 19 digits'),
    expiry: z.string().regex(/^(?:0[1-9]|1[0-2])\d\d$/u, 'must be MMYY'),
    cvc: z
      .string()
      .regex(/^\d{3,4}$/u, 'must be 3 or 4 digits')
      .optional(),
    cardholder: z.string().min(1).max(256),
  }),
});

const reversalBody = z.strictObject({ merchantReference });

function sell(books: SalesBooks, body: unknown, now: number): Answer {
  const request = parseOrRefuse(saleBody, body, describeError);
  const { value, currency } = request.total;
  const sale = books.find(request.merchantReference) ?? books.sell(decide(request, now));
  // Where a reversal came first there is no amount to compare: the sale is refused whatever it asks.
  if (sale.amount !== null && (sale.amount !== value || sale.currency !== currency)) {
    throw new Refusal(409, describeError(409, 'the reference was used with another total'));
  }
  return presentSale(sale);
}

function decide({ merchantReference: of, total, account }: z.infer<typeof saleBody>, now: number): Sale {
  const { pan, cvc, expiry } = account;
  const card = { number: pan, cvc, expMonth: Number(expiry.slice(0, 2)), expYear: 2000 + Number(expiry.slice(2)) };
  const verdict = judgeCard(card, now);
  const approved = verdict === 'approved';
  return {
    merchantReference: of,
    operation: 'sale',
    state: approved ? 'approved' : 'declined',
    responseCode: responseCodes[verdict],
    amount: total.value,
    currency: total.currency,
    lastFour: pan.slice(-4),
    authorisationCode: approved ? randomBytes(3).toString('hex').toUpperCase() : null,
    retrievalReference: approved ? `RR${randomBytes(8).toString('hex').toUpperCase()}` : null,
    soldAt: now,
  };
}

/** ISO 8583:1987, field 39; N7 and 1A are the networks' own. */
const responseCodes: Readonly<Record<Verdict, string>> = {
  approved: '00',
  generic_decline: '05',
  insufficient_funds: '51',
  lost_card: '41',
  stolen_card: '43',
  expired_card: '54',
  wrong_cvc: 'N7',
  processing_error: '96',
  invalid_number: '14',
  fraud: '59',
  authentication_required: '1A',
};

/** An approved sale is 201; a refused one is 402 with a body of another shape, as it comes from the switch behind. */
function presentSale(sale: Sale): Answer {
  if (sale.state === 'approved') return { status: 201, body: { sale: describeSale(sale) } };
  return {
    status: 402,
    body: { refusal: { merchantReference: sale.merchantReference, responseCode: sale.responseCode } },
  };
}

function describeSale({ merchantReference: of, responseCode, authorisationCode, retrievalReference }: Sale): unknown {
  return { merchantReference: of, responseCode, authorisationCode, retrievalReference };
}

/** Hours after a sale in which it can be reversed; later the money is with the merchant's bank. */
const reversalWindowHours = 24;

function reverse(books: SalesBooks, body: unknown, now: number): Answer {
  const { merchantReference: of } = parseOrRefuse(reversalBody, body, describeError);
  const sale = books.reverse(of, now, now - reversalWindowHours * 3_600_000);
  switch (sale.state) {
    case 'approved':
      return { status: 409, body: { tooLate: describeSale(sale) } };
    case 'declined':
      return { status: 200, body: { reversal: { merchantReference: of, result: 'NOTHING_TO_REVERSE' } } };
    case 'reversed':
      return { status: 200, body: { reversal: { merchantReference: of, result: 'REVERSED' } } };
  }
}

const recordsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
});

function listRecords(books: SalesBooks, query: URLSearchParams): Answer {
  const { after, limit } = parseOrRefuse(recordsQuery, Object.fromEntries(query), describeError);
  const rows = books.page(after, limit);
  const data = rows.map(({ merchantReference: reference, operation, amount, currency, state }) => {
    return { reference, operation, amount, currency, state };
  });
  return { status: 200, body: { data, nextAfter: rows.length === limit ? rows.at(-1)?.sequence : null } };
}
