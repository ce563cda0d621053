import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { stepFunctionsRuns } from '../../adapters/step-functions/runs.ts';
import { paymentRoutes } from '../../contracts/payments.ts';
import { getTimeline } from '../../core/payments/read-payments.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentTimeline } from './present-timeline.ts';

const environment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  RESOLVE_PAYMENT_STATE_MACHINE_ARN: z.string(),
  REVIEW_PAYMENT_STATE_MACHINE_ARN: z.string(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  payments: dynamoPaymentStore(createDynamoDBClient(), settings.PAYMENTS_TABLE_NAME),
  runs: stepFunctionsRuns({
    'resolve-payment': settings.RESOLVE_PAYMENT_STATE_MACHINE_ARN,
    'review-payment': settings.REVIEW_PAYMENT_STATE_MACHINE_ARN,
  }),
};

export const handler = apiHandler(paymentRoutes.getTimeline, async ({ principal, path }) => {
  const timeline = await getTimeline(dependencies, principal, path.id);
  if (!timeline) throw new ProblemError('payment_not_found', 'No payment that you may see has this id.');
  return { status: 200, body: { data: presentTimeline(timeline) } };
});
