import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { paymentRoutes } from '../../contracts/payments.ts';
import { listPayments } from '../../core/payments/read-payments.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentPayment } from './present-payment.ts';

const environment = z.object({ PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const payments = dynamoPaymentStore(createDynamoDBClient(), readEnvironment(environment).PAYMENTS_TABLE_NAME);

export const handler = apiHandler(paymentRoutes.listPayments, async ({ principal, query, now }) => {
  const result = await listPayments(payments, { principal, now, ...query });
  switch (result.kind) {
    case 'cursorInvalid':
      throw new ProblemError('invalid_cursor', 'Use nextCursor of the page before, with the same filters.');
    case 'page':
      return { status: 200, body: { data: result.payments.map(presentPayment), nextCursor: result.nextCursor } };
  }
});
