import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Answer } from '../house/server.ts';
import { describeError, merchantReference, reversibleSince } from './api.ts';
import type { SingleMessageBooks } from './books.ts';
import type { Credit } from './credit-books.ts';
import { describeCredit } from './credits.ts';
import { describeSale } from './sales.ts';

const reversalBody = z.strictObject({ merchantReference });

/** POST /v2/reversals: of a sale or of a credit, or of neither yet, which leaves a tombstone for both. */
export function reverse(books: SingleMessageBooks, body: unknown, now: number): Answer {
  const { merchantReference: of } = parseOrRefuse(reversalBody, body, describeError);
  return books.atomically(() => {
    const credit = books.credits.find(of);
    return credit ? reverseCredit(books, credit, now) : reverseSale(books, of, now);
  });
}

function reverseSale(books: SingleMessageBooks, of: string, now: number): Answer {
  // Of a sale of which money went back only more credits can follow, or that money would go back twice.
  const standing = books.credits.creditedOf(of) > 0 ? books.sales.find(of) : undefined;
  const sale = standing ?? books.sales.reverse(of, now, reversibleSince(now));
  switch (sale.state) {
    case 'approved':
      return { status: 409, body: { tooLate: describeSale(sale) } };
    case 'declined':
      return nothingToReverse(of, sale.responseCode);
    case 'reversed':
      return reversed(of);
  }
}

function reverseCredit(books: SingleMessageBooks, credit: Credit, now: number): Answer {
  const of = credit.merchantReference;
  switch (credit.state) {
    case 'approved':
      if (credit.creditedAt <= reversibleSince(now)) return { status: 409, body: { tooLate: describeCredit(credit) } };
      books.credits.reverse(of);
      return reversed(of);
    case 'declined':
      return nothingToReverse(of, credit.responseCode);
    case 'reversed':
      return reversed(of);
  }
}

function reversed(of: string): Answer {
  return { status: 200, body: { reversal: { merchantReference: of, result: 'REVERSED' } } };
}

/** The response code is that with which the sale or credit was refused. */
function nothingToReverse(of: string, responseCode: string): Answer {
  return { status: 200, body: { reversal: { merchantReference: of, result: 'NOTHING_TO_REVERSE', responseCode } } };
}
