import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { conversionBearers } from '../../core/fx/conversion.ts';
import { assessment, paymentReview, tenderShare } from '../../core/payments/messages.ts';
import type { Payment, PaymentContext, PaymentTerms } from '../../core/payments/payment.ts';
import { paymentStatuses } from '../../core/payments/payment.ts';
import { resolutionShards } from '../../core/payments/ports.ts';
import type { PaymentChange } from '../../core/payments/transition.ts';
import { amount } from './amount.ts';
import { paymentDisputes } from './dispute-item.ts';
import { movementItems, toMovementItem } from './movement-item.ts';
import { transitionPrefix } from './readable-items.ts';

const paymentSortKey = 'payment';

/** The key of a payment's own item. */
export function paymentKey(paymentId: string): Record<string, AttributeValue> {
  return { pk: { S: paymentId }, sk: { S: paymentSortKey } };
}

/** The key of the transition that made a version. Versions sort as text. */
export function transitionKey(paymentId: string, version: number): Record<string, AttributeValue> {
  return { pk: { S: paymentId }, sk: { S: `${transitionPrefix}${String(version).padStart(6, '0')}` } };
}

/** Which partition of the index of due payments holds a payment: for ever the same. */
export function resolveShard(paymentId: string): string {
  return `resolve#${shardOf(paymentId, resolutionShards)}`;
}

/** How many partitions share the payments of a day. */
export const createdShards = 8;

/** Which partition of the index by creation holds a payment. `createdAt` is RFC 3339 UTC. */
function createdShard(paymentId: string, createdAt: string): string {
  return `${createdAt.slice(0, 10)}#${shardOf(paymentId, createdShards)}`;
}

function shardOf(paymentId: string, shards: number): number {
  return createHash('sha256').update(paymentId).digest().readUInt16BE() % shards;
}

/** Where a buyer was, by shorter names: in the payment's item, later in that of its first outcome. */
export function toContextItem({ deviceId, userAgent, billingCountry, shippingCountry, ...rest }: PaymentContext) {
  return { ...rest, device: deviceId, agent: userAgent, billing: billingCountry, shipping: shippingCountry };
}

export const contextItem = z
  .object({ ip: z.string(), device: z.string(), agent: z.string(), billing: z.string(), shipping: z.string() })
  .transform(({ ip, device, agent, billing, shipping }): PaymentContext => ({
    ...{ ip, deviceId: device, userAgent: agent, billingCountry: billing, shippingCountry: shipping },
  }));

const cardTender = z.object({
  type: z.literal('card'),
  tokenId: z.string(),
  brand: z.string(),
  funding: z.enum(['credit', 'debit', 'prepaid', 'unknown']),
  bin: z.string(),
  last4: z.string(),
  fingerprint: z.string(),
});

const conversion = z.object({
  quoteId: z.string(),
  currency: z.string(),
  rate: z.string(),
  borneBy: z.enum(conversionBearers),
  worth: amount,
  proceeds: amount,
  spread: amount,
});

const paymentItem = z.object({
  pk: z.string(),
  /** A person, whose payments the index `byOwner` holds; or a machine client, whose list is that of all payments. */
  ownerId: z.string().exactOptional(),
  clientId: z.string().exactOptional(),
  requestHash: z.string(),
  openedBy: z.string().exactOptional(),
  sellerId: z.string(),
  buyer: z.object({ id: z.string(), email: z.string() }),
  context: contextItem.exactOptional(),
  tender: cardTender.exactOptional(),
  shares: z.array(tenderShare).exactOptional(),
  conversion: conversion.exactOptional(),
  amount,
  currency: z.string(),
  status: z.enum(paymentStatuses),
  capture: z.enum(['manual', 'automatic']),
  terms: z.object({ fee: z.int(), commission: z.int(), days: z.int() }),
  attempt: z.int(),
  amounts: z.tuple([amount, amount, amount]),
  capturable: amount,
  refundable: amount,
  releasedBy: z.enum(['void', 'expiry']).exactOptional(),
  movements: movementItems,
  disputes: paymentDisputes.exactOptional(),
  disputeExcess: amount.exactOptional(),
  fraud: assessment.exactOptional(),
  review: paymentReview.exactOptional(),
  declineCode: z.string().exactOptional(),
  failureCode: z.string().exactOptional(),
  authorizationExpiresAt: z.string().exactOptional(),
  outcomeWasUnknown: z.literal(true).exactOptional(),
  inFlightUntil: z.string().exactOptional(),
  resolveAt: z.string().exactOptional(),
  resolveRound: z.int(),
  datesGiven: z.int().exactOptional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  version: z.int(),
});

/**
 * A payment as DynamoDB keeps it: below a kilobyte with its card and its capture, because every write of it is charged
 * by that (decision record 0009).
 */
export function toPaymentItem({ id, ...payment }: Payment): Record<string, AttributeValue> {
  const { ownerId, ownerKind, terms, movements, resolveAt, context, ...rest } = payment;
  const item = {
    ...compact(rest),
    pk: id,
    sk: paymentSortKey,
    createdShard: createdShard(id, payment.createdAt),
    ...(ownerKind === 'user' ? { ownerId } : { clientId: ownerId }),
    terms: toTermsItem(terms),
    ...(context ? { context: toContextItem(context) } : {}),
    movements: Object.fromEntries(Object.entries(movements).map(([key, each]) => [key, toMovementItem(each)])),
    ...(resolveAt === undefined ? {} : { resolveAt, resolveShard: resolveShard(id) }),
  };
  return marshall(item, { removeUndefinedValues: true });
}

/** The attributes of the payment's item that a change sets; its movement and its next date are others. */
export function toChangedAttributes({ movement: _movement, resolveAt: _resolveAt, ...fields }: PaymentChange) {
  return compact(fields);
}

/** What the first request alone needed leaves the item with the first outcome. */
export const attributesUntilOutcome = ['openedBy', 'inFlightUntil', 'context'] as const;

type Amounts = Pick<Payment, 'amountAuthorized' | 'amountCaptured' | 'amountRefunded' | 'outcomeWasUnknown'>;

function compact<T extends Amounts>(fields: T) {
  const { amountAuthorized, amountCaptured, amountRefunded, outcomeWasUnknown, ...rest } = fields;
  return {
    ...rest,
    amounts: [amountAuthorized, amountCaptured, amountRefunded],
    ...(outcomeWasUnknown ? { outcomeWasUnknown } : {}),
  };
}

function toTermsItem({ processingFeeBasisPoints, commissionBasisPoints, releaseDays, ...rest }: PaymentTerms) {
  return { ...rest, fee: processingFeeBasisPoints, commission: commissionBasisPoints, days: releaseDays };
}

/** Throws when the item is not a payment as this release writes it. */
export function toPayment(item: Record<string, AttributeValue>): Payment {
  const { pk, ownerId, clientId, amounts, terms, ...rest } = paymentItem.parse(unmarshall(item));
  const [amountAuthorized, amountCaptured, amountRefunded] = amounts;
  const { fee, commission, days } = terms;
  return {
    ...ownerOf(ownerId, clientId),
    ...{ id: pk, outcomeWasUnknown: false, amountAuthorized, amountCaptured, amountRefunded },
    terms: { processingFeeBasisPoints: fee, commissionBasisPoints: commission, releaseDays: days },
    ...rest,
  };
}

/** Whether an item of the payments' table is the payment itself. */
export function isPaymentItem(item: Record<string, AttributeValue>): boolean {
  return item['sk']?.S === paymentSortKey;
}

function ownerOf(ownerId: string | undefined, clientId: string | undefined): Pick<Payment, 'ownerId' | 'ownerKind'> {
  if (ownerId !== undefined) return { ownerId, ownerKind: 'user' };
  if (clientId !== undefined) return { ownerId: clientId, ownerKind: 'client' };
  throw new Error('A payment belongs to nobody');
}
