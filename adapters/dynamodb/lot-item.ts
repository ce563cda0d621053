import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Lot, LotChange } from '../../core/lots/lot.ts';
import { lotReasons } from '../../core/lots/lot.ts';
import { amount } from './amount.ts';

export const lotState = z.enum(['held', 'released', 'claimed']);

/** The members of a lot, in its own item and in the transition that opens it. */
export const lotFields = z.object({
  id: z.string(),
  sellerId: z.string(),
  paymentId: z.string(),
  currency: z.string(),
  amount,
  remaining: amount,
  state: lotState,
  releaseAt: z.string(),
  reason: z.enum(lotReasons),
  createdAt: z.string(),
});

const lotItem = lotFields.omit({ id: true }).extend({ pk: z.string() });

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
