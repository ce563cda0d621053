import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Lot, LotChange } from '../../core/lots/lot.ts';

// DynamoDB numbers come back as number or, beyond 2^53, as bigint.
const amount = z.union([z.int(), z.bigint()]).transform(BigInt);
const state = z.enum(['held', 'released', 'claimed']);

const lot = z.object({
  id: z.string(),
  sellerId: z.string(),
  paymentId: z.string(),
  currency: z.string(),
  amount,
  remaining: amount,
  state,
  releaseAt: z.string(),
  reason: z.enum(['capture', 'refund_after_payout']),
  createdAt: z.string(),
});

const lotItem = lot.omit({ id: true }).extend({ pk: z.string() });

/** What a transition did to lots, as its item tells it. */
export const lotChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), lot }),
  z.object({ kind: z.literal('reverse'), lotId: z.string(), amount, state }),
]);

/** The key of a lot's item. */
export function lotKey(lotId: string): Record<string, AttributeValue> {
  return { pk: { S: lotId } };
}

/** Throws when the item is not a lot as this release writes it. */
export function toLot(item: Record<string, AttributeValue>): Lot {
  const { pk, ...rest } = lotItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}

/** A change of a lot, for the transaction of the transition that makes it. */
export function writeOf(tableName: string, change: LotChange): TransactWriteItem {
  switch (change.kind) {
    case 'open': {
      const { id, ...rest } = change.lot;
      const Item = marshall({ ...rest, pk: id });
      return { Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
    }
    case 'reverse':
      return {
        Update: {
          TableName: tableName,
          Key: lotKey(change.lotId),
          UpdateExpression: 'SET remaining = remaining - :amount',
          ConditionExpression: 'remaining >= :amount AND #state = :state',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: marshall({ ':amount': change.amount, ':state': change.state }),
        },
      };
  }
}
