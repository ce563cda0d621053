import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Payment } from '../../core/payments/payment.ts';
import type { PaymentPage, PaymentPosition, PaymentQuery } from '../../core/payments/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { paymentKey, toPayment } from './payment-item.ts';

/** How many index pages a filtered request may read before it answers what it has with a cursor. */
const mostPages = 5;

/**
 * A page of an owner's payments, newest first. The index holds keys alone, so that a payment's changes cost no index
 * writes; the payments themselves are read in one batch and filtered.
 */
export async function listPaymentsByOwner(
  client: DynamoDBClient,
  tableName: string,
  query: PaymentQuery,
): Promise<PaymentPage> {
  const found: Payment[] = [];
  let position = query.after;
  for (let page = 0; page < mostPages; page += 1) {
    const positions = await queryPositions(client, tableName, query, position);
    const items = await batchGetItems(
      client,
      tableName,
      positions.map(({ paymentId }) => paymentKey(paymentId)),
    );
    const payments = new Map(items.map(toPayment).map((payment) => [payment.id, payment]));
    for (const at of positions) {
      const payment = payments.get(at.paymentId);
      position = at;
      if (payment && matches(payment, query)) found.push(payment);
      if (found.length === query.limit) return { payments: found, next: position };
    }
    if (positions.length < query.limit) return { payments: found, next: undefined };
  }
  return { payments: found, next: position };
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
