import * as z from 'zod';
import { amount, currency, fxQuoteId as quoteId } from './payments.ts';
import type { Route } from './route.ts';

const lock = z.enum(['5m', '1h', '24h']).meta({ description: 'For how long the rate is promised.' });
const rate = (description: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/u)
    .meta({ description });

export const createQuoteBody = z
  .strictObject({
    from: currency,
    to: currency,
    amount: amount.meta({ description: 'Minor units of `from`.' }),
    lock,
  })
  .meta({ id: 'CreateFxQuote' });

export const fxQuote = z
  .object({
    object: z.literal('fx_quote'),
    id: quoteId,
    from: currency,
    to: currency,
    amount,
    lock,
    baseRate: rate('The reference rate: what one major unit of `from` is worth in major units of `to`.'),
    feeRate: rate('The part of the base rate that is kept back; 0.01 is one percent.'),
    rate: rate('The promised rate: the base rate less the fee. The amount is converted by exactly this decimal.'),
    convertedAmount: amount.meta({ description: 'Minor units of `to`, rounded half up.' }),
    rateDate: z.iso.date().meta({ description: 'The day of the reference rates.' }),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    version: z.int(),
  })
  .meta({ id: 'FxQuote' });

export type FxQuote = z.infer<typeof fxQuote>;

export const fxRoutes = {
  createQuote: {
    method: 'POST',
    path: '/v1/fx-quotes',
    scope: 'payments/create',
    capability: 'fx',
    operation: 'create-quote',
    summary: 'Promises an exchange rate for an amount and a time.',
    idempotent: true,
    body: createQuoteBody,
    answers: { 201: { description: 'The quote.', schema: fxQuote } },
  },
} as const satisfies Record<string, Route>;
