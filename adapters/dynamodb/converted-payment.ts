import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Payment } from '../../core/payments/payment.ts';
import type { OpenedPayment } from '../../core/payments/ports.ts';
import { cancellationReasons } from './errors.ts';
import { toPaymentItem } from './payment-item.ts';
import { findPayment } from './payment-store.ts';
import { transactWrite } from './transact.ts';

interface Tables {
  readonly paymentsTableName: string;
  readonly fxTableName: string;
}

const isNew = { ConditionExpression: 'attribute_not_exists(pk)' } as const;

/**
 * Writes a new payment together with the use of its quote: an item beside the quote, which itself never changes. Both are
 * written or neither, so a quote converts one payment, however many ask at once.
 */
export async function openConvertedPayment(
  client: DynamoDBClient,
  { paymentsTableName, fxTableName }: Tables,
  payment: Payment,
): Promise<OpenedPayment | { readonly kind: 'quoteUsed' }> {
  const use = { pk: payment.conversion?.quoteId ?? '', sk: 'use', paymentId: payment.id, usedAt: payment.createdAt };
  try {
    await transactWrite(client, [
      { Put: { TableName: paymentsTableName, Item: toPaymentItem(payment), ...isNew } },
      { Put: { TableName: fxTableName, Item: marshall(use), ...isNew } },
    ]);
    return { kind: 'opened' };
  } catch (error) {
    if (!cancellationReasons(error).includes('ConditionalCheckFailed')) throw error;
    const standing = await findPayment(client, paymentsTableName, payment.id);
    return standing ? { kind: 'exists', payment: standing } : { kind: 'quoteUsed' };
  }
}
