import * as z from 'zod';
import { accounts } from '../core/ledger/accounts.ts';
import { currency, sellerId } from './payments.ts';
import type { Route } from './route.ts';
import { listOf, listQuery } from './tokens.ts';

/** Totals outgrow the whole numbers that JSON's readers hold exactly (2^53), so here amounts are text. */
const total = z
  .string()
  .regex(/^-?\d+$/u)
  .meta({ description: 'Minor units, as a decimal string: it may be larger than 2^53.', example: '4200' });
const account = z.enum(accounts);
const day = z.iso.date().meta({ description: 'A day, UTC.', example: '2026-11-25' });

const accountBalance = z.object({
  account,
  debit: total,
  credit: total,
  balance: total.meta({ description: 'On the side on which the account normally stands; negative on the other.' }),
});

export const trialBalance = z
  .object({
    object: z.literal('trial_balance'),
    asOf: z.string().nullable().meta({ description: 'As it was asked for; null for everything.' }),
    final: z.boolean().meta({ description: 'Whether its day is closed, so that nothing can come into it any more.' }),
    currencies: z.array(
      z.object({
        currency,
        debit: total,
        credit: total,
        difference: total.meta({ description: 'debit - credit: zero, or the books are broken.' }),
        accounts: z.array(accountBalance),
      }),
    ),
    watermark: z
      .array(
        z.object({
          chain: z.int(),
          segment: z.int().meta({ description: 'The last segment; 0 where the chain has none.' }),
          bookedAt: z.iso.datetime().nullable(),
          closedThrough: z.string().nullable(),
        }),
      )
      .meta({ description: 'How far the journal had come, chain by chain: everything up to there is in the balance.' }),
  })
  .meta({ id: 'TrialBalance' });
export type TrialBalance = z.infer<typeof trialBalance>;

export const ledgerEntry = z
  .object({
    object: z.literal('ledger_entry'),
    id: z.string().meta({ description: 'The journal entry and the line in it.' }),
    entryId: z.string().meta({ description: 'The object and which of its transitions it is.' }),
    objectId: z.string(),
    account,
    side: z.enum(['debit', 'credit']),
    amount: total,
    currency,
    sellerId: z.string().optional(),
    occurredAt: z.iso.datetime(),
    day: day.meta({ description: 'On whose account it stands: a later day when it came after the closing.' }),
    chain: z.int(),
    segment: z.int(),
    bookedAt: z.iso.datetime(),
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntry = z.infer<typeof ledgerEntry>;

const shared = { method: 'GET', scope: 'operations/read', capability: 'ledger', idempotent: false } as const;

export const ledgerRoutes = {
  getTrialBalance: {
    ...shared,
    path: '/v1/ledger/trial-balance',
    operation: 'get-trial-balance',
    summary: 'What every account came to, by currency: of everything, at the end of a day, or at a moment.',
    query: z.strictObject({
      asOf: z
        .union([day, z.iso.datetime()], 'is neither a day (2026-11-25) nor a time (2026-11-25T10:00:00Z)')
        .optional()
        .meta({ description: 'A day (its end, UTC) or a time; a time counts the entries of its day one by one.' }),
    }),
    answers: { 200: { description: 'The trial balance.', schema: trialBalance } },
  },
  listAccountEntries: {
    ...shared,
    path: '/v1/ledger/accounts/{name}/entries',
    operation: 'list-account-entries',
    summary: 'The postings of an account in the order in which they were booked.',
    pathParameters: z.strictObject({ name: account }),
    query: z.strictObject({
      ...listQuery.shape,
      from: day.optional().meta({ description: 'The first day; today when left out.' }),
      to: day.optional().meta({ description: 'The last day; today when left out.' }),
      sellerId: sellerId.optional().meta({ description: "Only this seller's sub-account." }),
    }),
    answers: { 200: { description: 'A page of postings.', schema: listOf(ledgerEntry) } },
  },
} as const satisfies Record<string, Route>;
