import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Verdict } from '../house/issuer.ts';
import { judgeCard } from '../house/issuer.ts';
import type { Answer } from '../house/server.ts';
import { describeError, merchantReference, referenceConflict, total } from './api.ts';
import type { SingleMessageBooks } from './books.ts';
import type { Sale } from './sales-books.ts';

const saleBody = z.strictObject({
  merchantReference,
  total,
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

/** POST /v2/sales. */
export function sell(books: SingleMessageBooks, body: unknown, now: number): Answer {
  const request = parseOrRefuse(saleBody, body, describeError);
  const { value, currency } = request.total;
  return books.atomically(() => {
    if (books.credits.find(request.merchantReference)) throw referenceConflict('for a credit');
    const sale = books.sales.find(request.merchantReference) ?? books.sales.sell(decide(request, now));
    // Where a reversal came first there is no amount to compare: the sale is refused whatever it asks.
    const isOther = sale.amount !== value || sale.currency !== currency;
    if (sale.amount !== null && isOther) throw referenceConflict('with another total');
    return presentSale(sale);
  });
}

function decide({ merchantReference: of, total: asked, account }: z.infer<typeof saleBody>, now: number): Sale {
  const { pan, cvc, expiry } = account;
  const card = { number: pan, cvc, expMonth: Number(expiry.slice(0, 2)), expYear: 2000 + Number(expiry.slice(2)) };
  const verdict = judgeCard(card, now);
  const approved = verdict === 'approved';
  return {
    merchantReference: of,
    operation: 'sale',
    state: approved ? 'approved' : 'declined',
    responseCode: responseCodes[verdict],
    amount: asked.value,
    currency: asked.currency,
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

export function describeSale({
  merchantReference: of,
  responseCode,
  authorisationCode,
  retrievalReference,
}: Sale): unknown {
  return { merchantReference: of, responseCode, authorisationCode, retrievalReference };
}
