import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { GiftCard, GiftCardHold } from '../../core/gift-cards/gift-card.ts';
import { expiryShards } from '../../core/gift-cards/ports.ts';
import type { GiftCardChange, GiftCardTransition } from '../../core/gift-cards/transition.ts';
import { accounts } from '../../core/ledger/accounts.ts';
import { transitionPrefix } from './readable-items.ts';

const cardSortKey = 'card';

/** The key of a card's own item. */
export function giftCardKey(giftCardId: string): Record<string, AttributeValue> {
  return { pk: { S: giftCardId }, sk: { S: cardSortKey } };
}

/** The key of a payment's hold. */
export function holdKey(giftCardId: string, paymentId: string): Record<string, AttributeValue> {
  return { pk: { S: giftCardId }, sk: { S: `hold#${paymentId}` } };
}

/** The key of a transition: derived from what caused it, so that the same step meets itself. */
export function giftCardTransitionKey(giftCardId: string, transitionId: string): Record<string, AttributeValue> {
  return { pk: { S: giftCardId }, sk: { S: `${transitionPrefix}${transitionId}` } };
}

/** Which partition of the index of what expires holds a card: for ever the same. */
export function expiryShard(giftCardId: string): string {
  return `expire#${shardOf(giftCardId, expiryShards)}`;
}

/**
 * Where the card stands in the index of what expires, or nothing when nothing of it can expire: an expired card is in
 * it again while something was released on it.
 */
export function expiryPosition(giftCardId: string, { status, available, expiresAt }: GiftCardChange | GiftCard) {
  if (status === 'expired' && available === 0n) return undefined;
  return { expireShard: expiryShard(giftCardId), expireAt: expiresAt };
}

function shardOf(giftCardId: string, shards: number): number {
  return createHash('sha256').update(giftCardId).digest().readUInt16BE() % shards;
}

// DynamoDB numbers come back as number or, beyond 2^53, as bigint.
const amount = z.union([z.int(), z.bigint()]).transform(BigInt);
const status = z.enum(['active', 'expired']);

const changeFields = {
  balance: amount,
  held: amount,
  available: amount,
  redeemed: amount,
  lapsed: amount,
  expiresAt: z.string(),
  status,
  version: z.int(),
  updatedAt: z.string(),
};

const cardItem = z.object({
  pk: z.string(),
  ownerId: z.string(),
  requestHash: z.string(),
  issuedBy: z.string(),
  amount,
  currency: z.string(),
  codeKeyVersion: z.int(),
  codeShownUntil: z.string(),
  createdAt: z.string(),
  ...changeFields,
});

/** A gift card as DynamoDB keeps it. */
export function toGiftCardItem({ id, ...rest }: GiftCard): Record<string, AttributeValue> {
  const card = { ...rest, id };
  return { ...marshall({ ...rest, ...expiryPosition(id, card) }), ...giftCardKey(id) };
}

/** Throws when the item is not a gift card as this release writes it. */
export function toGiftCard(item: Record<string, AttributeValue>): GiftCard {
  const { pk, ...rest } = cardItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}

const holdItem = z.object({
  pk: z.string(),
  id: z.string(),
  paymentId: z.string(),
  amount,
  redeemed: amount,
  released: amount,
  status: z.enum(['held', 'resolved']),
  createdAt: z.string(),
});

/** A hold as DynamoDB keeps it. */
export function toHoldItem({ giftCardId, ...rest }: GiftCardHold): Record<string, AttributeValue> {
  return { ...marshall(rest), ...holdKey(giftCardId, rest.paymentId) };
}

/** Throws when the item is not a hold as this release writes it. */
export function toHold(item: Record<string, AttributeValue>): GiftCardHold {
  const { pk, ...rest } = holdItem.parse(unmarshall(item));
  return { giftCardId: pk, ...rest };
}

const transitionItem = z.object({
  pk: z.string(),
  id: z.string(),
  step: z.enum(['issue', 'hold', 'redeem', 'release', 'refund', 'expire']),
  from: z.enum(['unissued', 'active', 'expired']),
  to: status,
  cause: z.string(),
  event: z.enum([
    'gift_card.issued',
    'gift_card.held',
    'gift_card.redeemed',
    'gift_card.released',
    'gift_card.refunded',
    'gift_card.expired',
  ]),
  occurredAt: z.string(),
  currency: z.string(),
  movement: z.object({ credited: amount, held: amount, redeemed: amount, released: amount, lapsed: amount }),
  postings: z.array(
    z.object({
      account: z.enum(accounts),
      side: z.enum(['debit', 'credit']),
      amount,
      currency: z.string(),
    }),
  ),
  change: z.object(changeFields),
  paymentId: z.string().exactOptional(),
  isFinal: z.boolean().exactOptional(),
});

/** A transition as DynamoDB keeps it: written once, never changed. */
export function toGiftCardTransitionItem(transition: GiftCardTransition): Record<string, AttributeValue> {
  const { giftCardId, ...rest } = transition;
  return {
    ...marshall({ ...rest, version: transition.change.version }, { removeUndefinedValues: true }),
    ...giftCardTransitionKey(giftCardId, transition.id),
  };
}

/** Throws when the item is not a transition as this release writes it. */
export function toGiftCardTransition(item: Record<string, AttributeValue>): GiftCardTransition {
  const { pk, ...rest } = transitionItem.parse(unmarshall(item));
  return { giftCardId: pk, ...rest };
}
