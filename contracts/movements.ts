import * as z from 'zod';
import { allocation, amount, currency, payment, paymentId, paymentStatus, reason } from './payments.ts';
import type { Route } from './route.ts';

export const createCaptureBody = z
  .strictObject({
    amount: amount.optional().meta({ description: 'Minor units; all that is left when left out.' }),
    final: z.boolean().default(false).meta({ description: 'Whether what is then left is released.' }),
  })
  .meta({ id: 'CreateCapture' });

export const createRefundBody = z
  .strictObject({
    amount: amount.optional().meta({ description: 'Minor units; all that is left when left out.' }),
    reason,
  })
  .meta({ id: 'CreateRefund' });

/** The payment as the movement left it, in short. */
const movedPayment = z.object({
  id: paymentId,
  status: paymentStatus,
  amountAuthorized: z.int(),
  amountCaptured: z.int(),
  amountRefunded: z.int(),
  version: z.int(),
});

const movementStatus = z
  .enum(['processing', 'succeeded', 'failed'])
  .meta({ description: '`processing`: the outcome is not known yet. Ask again, never repeat it under a new key.' });

const common = {
  amount: z.int(),
  currency,
  status: movementStatus,
  failureCode: z.string().optional(),
  reference: z.string().meta({ description: "The acquirer's reference." }),
  allocation,
  payment: movedPayment,
  createdAt: z.iso.datetime(),
  version: z.int(),
};

export const capture = z
  .object({ object: z.literal('capture'), id: z.string(), final: z.boolean(), ...common })
  .meta({ id: 'Capture' });
export const refund = z
  .object({ object: z.literal('refund'), id: z.string(), reason: z.string().optional(), ...common })
  .meta({ id: 'Refund' });

export type Capture = z.infer<typeof capture>;
export type Refund = z.infer<typeof refund>;

const shared = {
  method: 'POST',
  scope: 'payments/manage',
  capability: 'payments',
  idempotent: true,
  pathParameters: z.strictObject({ id: paymentId }),
} as const;

export const movementRoutes = {
  createCapture: {
    ...shared,
    path: '/v1/payments/{id}/captures',
    operation: 'create-capture',
    summary: 'Captures all or part of what is authorized; several until the amount is reached.',
    body: createCaptureBody,
    answers: {
      201: { description: 'The capture.', schema: capture },
      202: { description: 'The outcome is not known yet: status `processing`.', schema: capture },
    },
  },
  voidPayment: {
    ...shared,
    path: '/v1/payments/{id}/void',
    operation: 'void-payment',
    summary: 'Releases what is authorized and not captured.',
    answers: {
      200: { description: 'The payment.', schema: payment },
      202: { description: 'The outcome is not known yet; ask for the payment again.', schema: payment },
    },
  },
  createRefund: {
    ...shared,
    path: '/v1/payments/{id}/refunds',
    operation: 'create-refund',
    summary: 'Gives back all or part of what was captured.',
    body: createRefundBody,
    answers: {
      201: { description: 'The refund.', schema: refund },
      202: { description: 'The outcome is not known yet: status `processing`.', schema: refund },
    },
  },
} as const satisfies Record<string, Route>;
