import * as z from 'zod';
import { disputeKinds, disputeStates } from '../core/disputes/dispute.ts';
import { currency, paymentId, sellerId } from './payments.ts';
import type { Route } from './route.ts';
import { listOf, listQuery } from './tokens.ts';

const disputeId = z.string().regex(/^dsp_[0-9a-z]{26}$/u, 'is not a dispute id');
const state = z
  .enum(disputeStates)
  .meta({ description: 'What begins with `warning_` is an inquiry: it moves nothing. `won` is our winning.' });

export const dispute = z
  .object({
    object: z.literal('dispute'),
    id: disputeId,
    paymentId,
    captureId: z.string(),
    sellerId,
    kind: z.enum(disputeKinds),
    state,
    reason: z.string().meta({ description: "The acquirer's word." }),
    amount: z.int(),
    currency,
    fee: z.int(),
    feeReturned: z.int(),
    feeBearer: z.enum(['seller', 'platform']),
    amountBeyondCaptured: z
      .int()
      .meta({ description: 'What it took beyond what refunds had left; see the exceptions.' }),
    reference: z.string().meta({ description: "The acquirer's id." }),
    openedAt: z.iso.datetime(),
    replyBy: z.iso.datetime().meta({ description: 'Until when the card network takes an answer.' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    version: z.int(),
  })
  .meta({ id: 'Dispute' });

export type Dispute = z.infer<typeof dispute>;

/** The body is the acquirer's own: it is checked by its adapter, after its signature. */
const acquirerNotification = z
  .looseObject({ type: z.string(), timestamp: z.string(), data: z.unknown() })
  .meta({ id: 'AcquirerNotification' });

export const disputeRoutes = {
  listDisputes: {
    method: 'GET',
    path: '/v1/disputes',
    scope: 'operations/read',
    capability: 'disputes',
    operation: 'list-disputes',
    summary: 'Disputes, the newest first.',
    idempotent: false,
    query: listQuery.extend({ state: state.optional(), paymentId: paymentId.optional() }),
    answers: { 200: { description: 'A page of disputes.', schema: listOf(dispute) } },
  },
  getDispute: {
    method: 'GET',
    path: '/v1/disputes/{id}',
    scope: 'operations/read',
    capability: 'disputes',
    operation: 'get-dispute',
    summary: 'One dispute.',
    idempotent: false,
    pathParameters: z.strictObject({ id: disputeId }),
    answers: { 200: { description: 'The dispute.', schema: dispute } },
  },
  receiveAcquirerNotification: {
    method: 'POST',
    path: '/v1/acquirer-notifications',
    scope: 'open',
    capability: 'disputes',
    operation: 'receive-acquirer-notification',
    summary:
      "For the acquirer alone: takes its notifications, signed after Standard Webhooks' asymmetric variant (v1a).",
    idempotent: false,
    body: acquirerNotification,
    answers: { 204: { description: 'It was taken, or had been.' } },
  },
} as const satisfies Record<string, Route>;
