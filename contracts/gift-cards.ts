import * as z from 'zod';
import { amount, currency, giftCardId } from './payments.ts';
import type { Route } from './route.ts';

export const issueGiftCardBody = z
  .strictObject({
    amount,
    currency,
    validDays: z.int().min(1).max(36_500).optional().meta({
      description: 'For how many days it can be spent; within bounds of the stage, which also says what is usual.',
    }),
  })
  .meta({ id: 'IssueGiftCard' });

const giftCardFields = {
  object: z.literal('gift_card'),
  id: giftCardId,
  status: z.enum(['active', 'expired']),
  amount: z.int().meta({ description: 'What it was issued with.' }),
  currency,
  balance: z.int().meta({ description: 'What is still on it, held or not.' }),
  held: z.int().meta({ description: 'What payments have reserved.' }),
  available: z.int().meta({ description: 'balance - held: what can be spent.' }),
  expiresAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int(),
};

export const giftCard = z.object(giftCardFields).meta({ id: 'GiftCard' });
export type GiftCard = z.infer<typeof giftCard>;

export const issuedGiftCard = z
  .object({
    ...giftCardFields,
    code: z
      .string()
      .optional()
      .meta({
        description:
          'Opens the card, for whoever has it: 20 characters of base 32 in groups of four, the last a check character. ' +
          'Shown to the issuing request, and again to its repetitions with the same Idempotency-Key within 30 minutes, ' +
          'in case the first answer was lost. After that nobody can show it: keep it as you would keep money.',
      }),
  })
  .meta({ id: 'IssuedGiftCard' });
export type IssuedGiftCard = z.infer<typeof issuedGiftCard>;

/** Every string is taken here, so that whatever is wrong with a code, its length included, is answered alike. */
const code = z.string().meta({ description: 'As it was shown; case, spaces and hyphens do not matter.' });

export const lookUpGiftCardBody = z.strictObject({ code }).meta({ id: 'LookUpGiftCard' });

export const foundGiftCard = z
  .object({
    object: z.literal('gift_card'),
    id: giftCardId,
    available: z.int(),
    currency,
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'FoundGiftCard' });
export type FoundGiftCard = z.infer<typeof foundGiftCard>;

const capability = 'gift-cards';

export const giftCardRoutes = {
  issueGiftCard: {
    method: 'POST',
    path: '/v1/gift-cards',
    scope: 'giftcards/issue',
    capability,
    operation: 'issue-gift-card',
    summary: 'Issues a gift card and shows its code.',
    idempotent: true,
    body: issueGiftCardBody,
    answers: {
      201: { description: 'The card; a late repetition shows it without its code.', schema: issuedGiftCard },
    },
  },
  getGiftCard: {
    method: 'GET',
    path: '/v1/gift-cards/{id}',
    scope: 'giftcards/issue',
    capability,
    operation: 'get-gift-card',
    summary: 'One gift card, for whoever issued it and for operators; never its code.',
    idempotent: false,
    pathParameters: z.strictObject({ id: giftCardId }),
    answers: { 200: { description: 'The card.', schema: giftCard } },
  },
  lookUpGiftCard: {
    method: 'POST',
    path: '/v1/gift-cards/lookup',
    scope: 'payments/create',
    capability,
    operation: 'look-up-gift-card',
    summary: 'What can be spent of the card that a code opens. Unknown, mistyped, empty and expired answer alike.',
    idempotent: false,
    body: lookUpGiftCardBody,
    answers: { 200: { description: 'The card as far as a payment needs it.', schema: foundGiftCard } },
  },
} as const satisfies Record<string, Route>;
