import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { accounts } from '../../core/ledger/accounts.ts';
import { eventTypes } from '../../core/payments/events.ts';
import { assessment, movement, paymentChange, tenderShare } from '../../core/payments/messages.ts';
import type { Payment } from '../../core/payments/payment.ts';
import { paymentStatuses } from '../../core/payments/payment.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import { resolutionShards } from '../../core/payments/ports.ts';
import { lotChange } from './lot-item.ts';
import type { Transition } from '../../core/payments/transition.ts';

/** How many index partitions share the transitions of an hour. */
export const occurredShards = 4;

const paymentSortKey = 'payment';

/** The key of a payment's own item. */
export function paymentKey(paymentId: string): Record<string, AttributeValue> {
  return { pk: { S: paymentId }, sk: { S: paymentSortKey } };
}

/** The key of the transition that made a version. Versions sort as text. */
export function transitionKey(paymentId: string, version: number): Record<string, AttributeValue> {
  return { pk: { S: paymentId }, sk: { S: `transition#${String(version).padStart(6, '0')}` } };
}

/** Which partition of the index of due payments holds a payment: for ever the same. */
export function resolveShard(paymentId: string): string {
  return `resolve#${shardOf(paymentId, resolutionShards)}`;
}

/** Which partition of the index by hour holds a transition. `occurredAt` is RFC 3339 UTC. */
export function occurredHour(paymentId: string, occurredAt: string): string {
  return `${occurredAt.slice(0, 13)}#${shardOf(paymentId, occurredShards)}`;
}

function shardOf(paymentId: string, shards: number): number {
  return createHash('sha256').update(paymentId).digest().readUInt16BE() % shards;
}

// DynamoDB numbers come back as number or, beyond 2^53, as bigint.
const amount = z.union([z.int(), z.bigint()]).transform(BigInt);

const cardTender = z.object({
  type: z.literal('card'),
  tokenId: z.string(),
  brand: z.string(),
  funding: z.enum(['credit', 'debit', 'prepaid', 'unknown']),
  bin: z.string(),
  last4: z.string(),
  fingerprint: z.string(),
});

const paymentItem = z.object({
  pk: z.string(),
  ownerId: z.string(),
  requestHash: z.string(),
  openedBy: z.string(),
  sellerId: z.string(),
  buyer: z.object({ id: z.string(), email: z.string() }),
  context: z.object({
    ip: z.string(),
    deviceId: z.string(),
    userAgent: z.string(),
    billingCountry: z.string(),
    shippingCountry: z.string(),
  }),
  tender: cardTender.exactOptional(),
  shares: z.array(tenderShare).exactOptional(),
  amount,
  currency: z.string(),
  status: z.enum(paymentStatuses),
  capture: z.enum(['manual', 'automatic']),
  terms: z.object({ processingFeeBasisPoints: z.int(), commissionBasisPoints: z.int(), releaseDays: z.int() }),
  attempt: z.int(),
  amountAuthorized: amount,
  amountCaptured: amount,
  amountRefunded: amount,
  capturable: amount,
  refundable: amount,
  releasedBy: z.enum(['void', 'expiry']).exactOptional(),
  movements: z.record(z.string(), movement),
  fraud: assessment.exactOptional(),
  declineCode: z.string().exactOptional(),
  failureCode: z.string().exactOptional(),
  authorizationExpiresAt: z.string().exactOptional(),
  outcomeWasUnknown: z.boolean(),
  inFlightUntil: z.string(),
  resolveAt: z.string().exactOptional(),
  resolveRound: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  version: z.int(),
});

/** A payment as DynamoDB keeps it. */
export function toPaymentItem(payment: Payment): Record<string, AttributeValue> {
  const { id, ...rest } = payment;
  const shard = payment.resolveAt === undefined ? {} : { resolveShard: resolveShard(id) };
  return marshall({ ...rest, pk: id, sk: paymentSortKey, ...shard }, { removeUndefinedValues: true });
}

/** Throws when the item is not a payment as this release writes it. */
export function toPayment(item: Record<string, AttributeValue>): Payment {
  const { pk, ...rest } = paymentItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}

const posting = z.object({
  account: z.enum(accounts),
  side: z.enum(['debit', 'credit']),
  amount,
  currency: z.string(),
  sellerId: z.string().exactOptional(),
});

const transitionItem = z.object({
  pk: z.string(),
  version: z.int(),
  from: z.enum(paymentStatuses),
  to: z.enum(paymentStatuses),
  cause: z.string(),
  event: z.enum(eventTypes),
  occurredAt: z.string(),
  attempt: z.object({
    reference: z.string(),
    operation: z.enum(['authorization', 'capture', 'void', 'expiry', 'refund']),
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
    ]),
    code: z.string().exactOptional(),
    approvalCode: z.string().exactOptional(),
    networkReference: z.string().exactOptional(),
  }),
  postings: z.array(posting),
  lots: z.array(lotChange),
  change: paymentChange,
});

/** A transition as DynamoDB keeps it: written once, never changed. */
export function toTransitionItem(transition: Transition): Record<string, AttributeValue> {
  const { paymentId, ...rest } = transition;
  const { version } = transition.change;
  return {
    ...marshall({ ...rest, version }, { removeUndefinedValues: true }),
    ...transitionKey(paymentId, version),
    occurredHour: { S: occurredHour(paymentId, transition.occurredAt) },
  };
}

/** Throws when the item is not a transition as this release writes it. */
export function toTransition(item: Record<string, AttributeValue>): StoredTransition {
  const { pk, ...rest } = transitionItem.parse(unmarshall(item));
  return { paymentId: pk, ...rest };
}

/** Whether an item of the payments' table is the payment itself. */
export function isPaymentItem(item: Record<string, AttributeValue>): boolean {
  return item['sk']?.S === paymentSortKey;
}
