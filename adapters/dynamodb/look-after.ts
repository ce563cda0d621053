import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Payment } from '../../core/payments/payment.ts';
import type { PaymentsToLookAfter } from '../../core/payments/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { isConditionalCheckFailed } from './errors.ts';
import { paymentKey, resolveShard, toPayment } from './payment-item.ts';

/** Payments that are given a date: with it they enter the sparse index `byResolveAt`. */
export function dynamoPaymentsToLookAfter(client: DynamoDBClient, tableName: string): PaymentsToLookAfter {
  return {
    findAll: async (paymentIds) => {
      const keys = [...new Set(paymentIds)].map(paymentKey);
      return (await batchGetItems(client, tableName, keys, { consistent: true })).map(toPayment);
    },
    lookAt: (payment, at) => lookAt(client, tableName, payment, at),
  };
}

async function lookAt(client: DynamoDBClient, tableName: string, payment: Payment, at: string): Promise<boolean> {
  if (payment.resolveAt !== undefined && payment.resolveAt <= at) return true;
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: paymentKey(payment.id),
    // The version grows, so that nobody who read the payment before takes the date away with a transition of theirs.
    UpdateExpression:
      'SET resolveAt = :at, resolveShard = :shard, #version = #version + :one REMOVE begun ADD datesGiven :one',
    ConditionExpression: '#version = :read',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: {
      ':at': { S: at },
      ':shard': { S: resolveShard(payment.id) },
      ':one': { N: '1' },
      ':read': { N: String(payment.version) },
    },
  });
  try {
    await client.send(command);
    return true;
  } catch (error) {
    if (isConditionalCheckFailed(error)) return false;
    throw error;
  }
}
