import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { dynamoTokenStore } from '../../adapters/dynamodb/token-store.ts';
import { stepFunctionsAuthorizationWorkflow } from '../../adapters/step-functions/authorization-workflow.ts';
import { paymentRoutes } from '../../contracts/payments.ts';
import type { CreatePaymentResult } from '../../core/payments/create-payment.ts';
import { createPayment } from '../../core/payments/create-payment.ts';
import { findToken } from '../../core/tokens/find-token.ts';
import type { ApiAnswer } from '../house/api-handler.ts';
import { apiHandler } from '../house/api-handler.ts';
import { jsonVariable, readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentPayment } from './present-payment.ts';

const environment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  TOKENS_TABLE_NAME: z.string(),
  AUTHORIZE_PAYMENT_STATE_MACHINE_ARN: z.string(),
  SELLERS: jsonVariable(
    z.array(
      z.object({
        id: z.string(),
        currencies: z.array(z.string()),
        terms: z.object({
          processingFeeBasisPoints: z.int(),
          commissionBasisPoints: z.int(),
          releaseDays: z.int(),
        }),
      }),
    ),
  ),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const tokens = dynamoTokenStore(client, settings.TOKENS_TABLE_NAME);
const dependencies = {
  payments: dynamoPaymentStore(client, settings.PAYMENTS_TABLE_NAME),
  workflow: stepFunctionsAuthorizationWorkflow(settings.AUTHORIZE_PAYMENT_STATE_MACHINE_ARN),
  sellers: settings.SELLERS,
  findToken: (tokenId: string, principal: Parameters<typeof findToken>[1]['principal']) =>
    findToken({ tokens }, { tokenId, principal }),
};

export const handler = apiHandler(
  paymentRoutes.createPayment,
  async ({ principal, idempotencyKey, requestId, body, now }) => {
    const { sellerId, amount, currency, tenders, capture, buyer, context } = body;
    const request = { principal, idempotencyKey, requestId, sellerId, currency, capture, buyer, context };
    return toAnswer(
      await createPayment(dependencies, { ...request, amount: BigInt(amount), tokenId: tenders[0].token }, now),
    );
  },
);

function toAnswer(result: CreatePaymentResult): ApiAnswer {
  switch (result.kind) {
    case 'created':
      return {
        status: result.payment.status === 'processing' ? 202 : 201,
        body: presentPayment(result.payment),
        headers: result.replayed ? { 'idempotent-replayed': 'true' } : {},
      };
    case 'inFlight':
      throw new ProblemError('idempotency_in_flight', 'Wait for the first answer, or ask again in half a minute.');
    case 'keyReused':
      throw new ProblemError('idempotency_key_reused', 'Use a new key for another payment.');
    case 'sellerUnknown':
      throw new ProblemError('seller_unknown', 'No seller has this sellerId.');
    case 'currencyNotAccepted':
      throw new ProblemError('currency_not_accepted', 'The seller does not take payments in this currency.');
    case 'tokenUnknown':
      throw new ProblemError('token_unknown', 'No token of yours has this id.');
  }
}
