import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Lot, LotChange } from '../../core/lots/lot.ts';
import type { Attempt } from '../../core/payments/attempt.ts';
import { eventTypes } from '../../core/payments/events.ts';
import { askedModels, assessment, paymentReview, tenderShare } from '../../core/payments/messages.ts';
import { movementReference } from '../../core/payments/movements/movement.ts';
import { authorizationReference, paymentStatuses } from '../../core/payments/payment.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import type { PaymentChange, Transition } from '../../core/payments/transition.ts';
import { amount } from './amount.ts';
import { binary } from './binary.ts';
import { disputeStepItem, paymentDisputes } from './dispute-item.ts';
import { lotFields, lotState } from './lot-item.ts';
import { movementItem, toMovementItem } from './movement-item.ts';
import { contextItem, toContextItem, transitionKey } from './payment-item.ts';
import { postingText, toPostingText } from './posting-text.ts';

/**
 * A transition as DynamoDB keeps it: written once, never changed. What the item says elsewhere is not said again (the
 * change's state, version and time; whose lot it is), so that a capture stays below a kilobyte (decision record 0009).
 */
export function toTransitionItem(transition: Transition): Record<string, AttributeValue> {
  const { paymentId, attempt, postings, lots, change, context, ...rest } = transition;
  const { reference, ...answer } = attempt;
  const item = {
    ...rest,
    version: change.version,
    attempt: reference === usualReference(paymentId, attempt.operation, rest.cause) ? answer : attempt,
    postings: postings.map(toPostingText),
    lots: lots.map((each) => (each.kind === 'open' ? { kind: each.kind, lot: openedLot(each.lot, transition) } : each)),
    change: changedFields(change, transition),
    ...(context ? { context: toContextItem(context) } : {}),
  };
  return { ...marshall(item, { removeUndefinedValues: true }), ...transitionKey(paymentId, change.version) };
}

/** The acquirer's reference of nearly every attempt: of the first authorization, or of the movement that caused it. */
function usualReference(paymentId: string, operation: Attempt['operation'], cause: string): string {
  return operation === 'authorization'
    ? authorizationReference(paymentId, 1)
    : movementReference(paymentId, { id: cause });
}

function changedFields(change: PaymentChange, { to, occurredAt }: Transition) {
  const { status, version: _version, updatedAt, movement, outcomeWasUnknown, ...fields } = change;
  const { amountAuthorized, amountCaptured, amountRefunded, capturable, refundable, ...rest } = fields;
  return {
    ...rest,
    ...(status === to ? {} : { status }),
    ...(updatedAt === occurredAt ? {} : { updatedAt }),
    amounts: [amountAuthorized, amountCaptured, amountRefunded, capturable, refundable],
    ...(movement ? { movement: { id: movement.id, ...toMovementItem(movement) } } : {}),
    ...(outcomeWasUnknown ? { outcomeWasUnknown } : {}),
  };
}

function openedLot({ paymentId, remaining, state, createdAt, ...rest }: Lot, transition: Transition) {
  return {
    ...rest,
    ...(paymentId === transition.paymentId ? {} : { paymentId }),
    ...(remaining === rest.amount ? {} : { remaining }),
    ...(state === 'held' ? {} : { state }),
    ...(createdAt === transition.occurredAt ? {} : { createdAt }),
  };
}

const status = z.enum(paymentStatuses);

const openedLotItem = lotFields.extend({
  paymentId: z.string().exactOptional(),
  remaining: amount.exactOptional(),
  state: lotState.exactOptional(),
  createdAt: z.string().exactOptional(),
});

const lotChangeItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), lot: openedLotItem }),
  z.object({ kind: z.literal('reverse'), lotId: z.string(), amount, state: lotState }),
]);

const changeItem = z.object({
  status: status.exactOptional(),
  updatedAt: z.string().exactOptional(),
  amounts: z.tuple([amount, amount, amount, amount, amount]),
  shares: z.array(tenderShare).exactOptional(),
  releasedBy: z.enum(['void', 'expiry']).exactOptional(),
  movement: movementItem.exactOptional(),
  disputes: paymentDisputes.exactOptional(),
  disputeExcess: amount.exactOptional(),
  outcomeWasUnknown: z.literal(true).exactOptional(),
  fraud: assessment.exactOptional(),
  review: paymentReview.exactOptional(),
  declineCode: z.string().exactOptional(),
  failureCode: z.string().exactOptional(),
  authorizationExpiresAt: z.string().exactOptional(),
  resolveAt: z.string().exactOptional(),
});

const transitionItem = z.object({
  pk: z.string(),
  version: z.int(),
  from: status,
  to: status,
  cause: z.string(),
  event: z.enum(eventTypes),
  occurredAt: z.string(),
  attempt: z.object({
    reference: z.string().exactOptional(),
    operation: z.enum(['authorization', 'capture', 'void', 'expiry', 'refund', 'dispute', 'review']),
    outcome: z.enum([
      'approved',
      'held',
      'declined',
      'blocked',
      'notSent',
      'unknown',
      'cancelled',
      'reversalConfirmed',
      'accepted',
      'refused',
      'notified',
    ]),
    code: z.string().exactOptional(),
    approvalCode: z.string().exactOptional(),
    networkReference: z.string().exactOptional(),
  }),
  postings: z.array(postingText),
  lots: z.array(lotChangeItem),
  change: changeItem,
  dispute: disputeStepItem.exactOptional(),
  context: contextItem.exactOptional(),
  /** Bytes cost less than numbers. */
  features: z.object({ schema: z.string(), values: binary }).exactOptional(),
  models: askedModels.exactOptional(),
});
type TransitionItem = z.output<typeof transitionItem>;

/** Throws when the item is not a transition as this release writes it. */
export function toTransition(item: Record<string, AttributeValue>): StoredTransition {
  const parsed = transitionItem.parse(unmarshall(item));
  const { pk, attempt, lots, change: _change, ...rest } = parsed;
  return {
    ...rest,
    paymentId: pk,
    attempt: { reference: usualReference(pk, attempt.operation, parsed.cause), ...attempt },
    lots: lots.map((each): LotChange => (each.kind === 'open' ? { ...each, lot: toLot(each.lot, parsed) } : each)),
    change: toChange(parsed),
  };
}

function toChange({ change, to, version, occurredAt }: TransitionItem): PaymentChange {
  const { amounts, ...rest } = change;
  const [amountAuthorized, amountCaptured, amountRefunded, capturable, refundable] = amounts;
  return {
    ...{ status: to, version, updatedAt: occurredAt, outcomeWasUnknown: false },
    ...{ amountAuthorized, amountCaptured, amountRefunded, capturable, refundable },
    ...rest,
  };
}

function toLot(lot: z.output<typeof openedLotItem>, { pk, occurredAt }: TransitionItem): Lot {
  return { paymentId: pk, remaining: lot.amount, state: 'held', createdAt: occurredAt, ...lot };
}
