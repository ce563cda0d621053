import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Dispute } from '../../core/disputes/dispute.ts';
import { disputeKinds, disputeStates } from '../../core/disputes/dispute.ts';
import { amount } from './amount.ts';

/** The one partition of the index of all disputes: they are so few that one takes them all (1,000 writes a second). */
export const everyDispute = 'dispute';

const fields = {
  version: z.int(),
  kind: z.enum(disputeKinds),
  reason: z.string(),
  amount,
  currency: z.string(),
  fee: amount,
  captureId: z.string(),
};

const disputeItem = z.object({
  ...fields,
  pk: z.string(),
  acquirerReference: z.string(),
  state: z.enum(disputeStates),
  feeReturned: amount,
  openedAt: z.string(),
  paymentId: z.string(),
  sellerId: z.string(),
  feeBearer: z.enum(['seller', 'platform']),
  excess: amount,
  replyBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

/** What happened to a dispute, as the transition of its payment tells it. */
export const disputeStepItem = z.object({
  ...fields,
  id: z.string(),
  from: z.enum(disputeStates).exactOptional(),
  to: z.enum(disputeStates),
});

/** The chargebacks of a payment, as its item and its transitions hold them. */
export const paymentDisputes = z.record(z.string(), z.object({ amount, state: z.enum(disputeStates) }));

/** The key of a dispute's item. */
export function disputeKey(disputeId: string): Record<string, AttributeValue> {
  return { pk: { S: disputeId } };
}

export function toDisputeItem({ id, ...dispute }: Dispute): Record<string, AttributeValue> {
  return marshall({ ...dispute, pk: id, list: everyDispute });
}

/** Throws when the item is not a dispute as this release writes it. */
export function toDispute(item: Record<string, AttributeValue>): Dispute {
  const { pk, ...rest } = disputeItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}
