import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { paymentRoutes } from '../../contracts/payments.ts';
import { getPayment } from '../../core/payments/read-payments.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentPayment } from './present-payment.ts';

const environment = z.object({ PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const payments = dynamoPaymentStore(createDynamoDBClient(), readEnvironment(environment).PAYMENTS_TABLE_NAME);

export const handler = apiHandler(paymentRoutes.getPayment, async ({ principal, path }) => {
  const payment = await getPayment(payments, principal, path.id);
  if (!payment) throw new ProblemError('payment_not_found', 'No payment that you may see has this id.');
  return { status: 200, body: presentPayment(payment) };
});
