import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { openConvertedPayment } from '../../adapters/dynamodb/converted-payment.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { dynamoQuoteStore } from '../../adapters/dynamodb/quote-store.ts';
import { dynamoTokenStore } from '../../adapters/dynamodb/token-store.ts';
import { stepFunctionsAuthorizationWorkflow } from '../../adapters/step-functions/authorization-workflow.ts';
import { paymentRoutes } from '../../contracts/payments.ts';
import { conversionBearers } from '../../core/fx/conversion.ts';
import { resolveCode } from '../../core/gift-cards/resolve-code.ts';
import { createPayment } from '../../core/payments/create-payment.ts';
import type { CreatePaymentDependencies } from '../../core/payments/create-payment.ts';
import { findToken } from '../../core/tokens/find-token.ts';
import { codeFinder, codeFinderEnvironment } from '../gift-cards/code-finder.ts';
import { apiHandler } from '../house/api-handler.ts';
import { jsonVariable, readEnvironment } from '../house/environment.ts';
import { toProblem } from './payment-refusals.ts';
import { presentPayment } from './present-payment.ts';

const terms = z.object({ processingFeeBasisPoints: z.int(), commissionBasisPoints: z.int(), releaseDays: z.int() });
const environment = codeFinderEnvironment.extend({
  PAYMENTS_TABLE_NAME: z.string(),
  TOKENS_TABLE_NAME: z.string(),
  AUTHORIZE_PAYMENT_STATE_MACHINE_ARN: z.string(),
  FX_TABLE_NAME: z.string(),
  CONVERSION_BORNE_BY: z.enum(conversionBearers),
  SELLERS: jsonVariable(z.array(z.object({ id: z.string(), currencies: z.array(z.string()), terms }))),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const tokens = dynamoTokenStore(client, settings.TOKENS_TABLE_NAME);
const codes = codeFinder(settings, client);
const dependencies: CreatePaymentDependencies = {
  payments: dynamoPaymentStore(client, settings.PAYMENTS_TABLE_NAME),
  workflow: stepFunctionsAuthorizationWorkflow(settings.AUTHORIZE_PAYMENT_STATE_MACHINE_ARN),
  sellers: settings.SELLERS,
  findToken: (tokenId, principal) => findToken({ tokens }, { tokenId, principal }),
  findGiftCard: (guess) => resolveCode(codes, guess),
  conversions: {
    quotes: dynamoQuoteStore(client, settings.FX_TABLE_NAME),
    borneBy: settings.CONVERSION_BORNE_BY,
    open: (payment) =>
      openConvertedPayment(
        client,
        { paymentsTableName: settings.PAYMENTS_TABLE_NAME, fxTableName: settings.FX_TABLE_NAME },
        payment,
      ),
  },
};

export const handler = apiHandler(paymentRoutes.createPayment, async ({ body, now, ...caller }) => {
  const { amount, tenders, ...request } = body;
  const result = await createPayment(
    dependencies,
    {
      ...caller,
      ...request,
      amount: BigInt(amount),
      tokenId: tenders.find((tender) => tender.type === 'card')?.token,
      giftCards: tenders
        .filter((tender) => tender.type === 'gift_card')
        .map(({ code, amount: asked }) => ({ code, amount: asked === undefined ? undefined : BigInt(asked) })),
    },
    now,
  );
  if (result.kind !== 'created') throw toProblem(result);
  return {
    status: result.payment.status === 'processing' ? 202 : 201,
    body: presentPayment(result.payment),
    headers: result.replayed ? { 'idempotent-replayed': 'true' } : {},
  };
});
