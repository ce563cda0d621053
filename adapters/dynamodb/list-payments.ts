import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Payment } from '../../core/payments/payment.ts';
import type { PaymentPage, PaymentPosition, PaymentQuery } from '../../core/payments/ports.ts';
import { filteredPage, itemsInOrder } from './filtered-page.ts';
import { paymentKey, toPayment } from './payment-item.ts';

/**
 * A page of an owner's payments, newest first. The index holds keys alone, so that a payment's changes cost no index
 * writes; the payments themselves are read in one batch and filtered.
 */
export async function listPaymentsByOwner(
  client: DynamoDBClient,
  tableName: string,
  query: PaymentQuery,
): Promise<PaymentPage> {
  const { found, next } = await filteredPage(query, {
    positionsAfter: (position: PaymentPosition | undefined) => queryPositions(client, tableName, query, position),
    readAll: async (positions) => {
      const keys = positions.map(({ paymentId }) => paymentKey(paymentId));
      return (await itemsInOrder(client, tableName, keys)).map((item) => item && toPayment(item));
    },
    matches: (payment: Payment) => matches(payment, query),
  });
  return { payments: found, next };
}

/** Whether a payment is one that a list was asked for. */
export function matches(payment: Payment, { status, sellerId, buyerId }: PaymentQuery): boolean {
  return (
    (status === undefined || payment.status === status) &&
    (sellerId === undefined || payment.sellerId === sellerId) &&
    (buyerId === undefined || payment.buyer.id === buyerId)
  );
}

async function queryPositions(
  client: DynamoDBClient,
  tableName: string,
  { ownerId, limit, from, to }: PaymentQuery,
  after: PaymentPosition | undefined,
): Promise<readonly PaymentPosition[]> {
  const { Items: items } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byOwner',
      KeyConditionExpression: 'ownerId = :owner AND createdAt BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':owner': { S: ownerId },
        ':from': { S: from ?? '0' },
        ':to': { S: to ?? '9' },
      },
      ScanIndexForward: false,
      Limit: limit,
      ...(after ? { ExclusiveStartKey: startKey(ownerId, after) } : {}),
    }),
  );
  return (items ?? []).flatMap(({ pk, createdAt }) =>
    pk?.S !== undefined && createdAt?.S !== undefined ? [{ paymentId: pk.S, createdAt: createdAt.S }] : [],
  );
}

function startKey(ownerId: string, { paymentId, createdAt }: PaymentPosition): Record<string, AttributeValue> {
  return { ...paymentKey(paymentId), ownerId: { S: ownerId }, createdAt: { S: createdAt } };
}
