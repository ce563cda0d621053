import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Answer } from '../house/server.ts';
import { describeError, merchantReference, referenceConflict, total } from './api.ts';
import type { SingleMessageBooks } from './books.ts';
import type { Credit } from './credit-books.ts';
import { minorUnitsOf } from './money.ts';

const creditBody = z.strictObject({ merchantReference, originalReference: merchantReference, total });

type CreditRequest = z.infer<typeof creditBody>;

/**
 * POST /v2/credits. Decides and writes in one transaction, so that of credits that race only those are approved that
 * fit into the sale together. What was refused stays refused under its reference.
 */
export function credit(books: SingleMessageBooks, body: unknown, now: number): Answer {
  const request = parseOrRefuse(creditBody, body, describeError);
  const { merchantReference: of } = request;
  return books.atomically(() => {
    const sale = books.sales.find(of);
    if (sale?.operation === 'sale') throw referenceConflict('for a sale');
    // A reversal came first.
    if (sale) return presentRefusal(of, sale.responseCode);
    const standing = books.credits.find(of);
    if (standing && !isSame(standing, request)) throw referenceConflict('for another credit');
    return presentCredit(standing ?? decide(books, request, now));
  });
}

function isSame({ originalReference, amount, currency }: Credit, request: CreditRequest): boolean {
  return (
    originalReference === request.originalReference &&
    amount === request.total.value &&
    currency === request.total.currency
  );
}

function decide(books: SingleMessageBooks, request: CreditRequest, now: number): Credit {
  const { value, currency } = request.total;
  const responseCode = judge(books, request);
  const approved = responseCode === '00';
  const decided: Credit = {
    merchantReference: request.merchantReference,
    operation: 'credit',
    state: approved ? 'approved' : 'declined',
    responseCode,
    originalReference: request.originalReference,
    amount: value,
    minorUnits: minorUnitsOf(value),
    currency,
    retrievalReference: approved ? `RR${randomBytes(8).toString('hex').toUpperCase()}` : null,
    creditedAt: now,
  };
  books.credits.record(decided);
  return decided;
}

/** ISO 8583, field 39: 25 unable to locate the original, 64 original amount incorrect, 61 exceeds the limit. */
function judge(books: SingleMessageBooks, { originalReference, total: asked }: CreditRequest): string {
  const sale = books.sales.find(originalReference);
  if (!sale) return '25';
  if (sale.currency !== null && sale.currency !== asked.currency) return '64';
  const sold = sale.state === 'approved' ? minorUnitsOf(sale.amount ?? '0') : 0;
  return books.credits.creditedOf(originalReference) + minorUnitsOf(asked.value) > sold ? '61' : '00';
}

function presentCredit(of: Credit): Answer {
  if (of.state !== 'approved') return presentRefusal(of.merchantReference, of.responseCode);
  return { status: 201, body: { credit: describeCredit(of) } };
}

export function describeCredit({ merchantReference: of, responseCode, retrievalReference }: Credit): unknown {
  return { merchantReference: of, responseCode, retrievalReference };
}

function presentRefusal(of: string, responseCode: string): Answer {
  return { status: 402, body: { refusal: { merchantReference: of, responseCode } } };
}
