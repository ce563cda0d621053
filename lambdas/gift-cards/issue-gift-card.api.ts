import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoGiftCardIssuer } from '../../adapters/dynamodb/gift-card-issuer.ts';
import { createKmsClient } from '../../adapters/kms/client.ts';
import { kmsCodeMacs } from '../../adapters/kms/code-macs.ts';
import { giftCardRoutes } from '../../contracts/gift-cards.ts';
import type { IssueGiftCardResult } from '../../core/gift-cards/issue-gift-card.ts';
import { issueGiftCard } from '../../core/gift-cards/issue-gift-card.ts';
import type { ApiAnswer } from '../house/api-handler.ts';
import { apiHandler } from '../house/api-handler.ts';
import { jsonVariable, readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { codeKeys } from './code-keys.ts';
import { presentGiftCard } from './present-gift-card.ts';

const days = z.int().positive();
const environment = z.object({
  GIFT_CARDS_TABLE_NAME: z.string(),
  GIFT_CARD_SECRETS_TABLE_NAME: z.string(),
  GIFT_CARD_CODE_KEYS: codeKeys,
  ISSUING_POLICY: jsonVariable(
    z.object({
      leastMajorUnits: z.int().positive(),
      mostMajorUnits: z.int().positive(),
      leastValidDays: days,
      usualValidDays: days,
      mostValidDays: days,
    }),
  ),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  giftCards: dynamoGiftCardIssuer(createDynamoDBClient(), {
    giftCardsTableName: settings.GIFT_CARDS_TABLE_NAME,
    secretsTableName: settings.GIFT_CARD_SECRETS_TABLE_NAME,
  }),
  macs: kmsCodeMacs(settings.GIFT_CARD_CODE_KEYS, createKmsClient()),
  policy: settings.ISSUING_POLICY,
  random: randomBytes,
};

export const handler = apiHandler(giftCardRoutes.issueGiftCard, async ({ body, ...request }) => {
  const { principal, idempotencyKey, requestId, now } = request;
  const order = { principal, idempotencyKey, requestId, now, currency: body.currency, validDays: body.validDays };
  return toAnswer(await issueGiftCard(dependencies, { ...order, amount: BigInt(body.amount) }), now);
});

function toAnswer(result: IssueGiftCardResult, now: Date): ApiAnswer {
  switch (result.kind) {
    case 'issued':
      return {
        status: 201,
        body: { ...presentGiftCard(result.card, now), ...(result.code === undefined ? {} : { code: result.code }) },
        // Nothing on the way may keep an answer that is as good as money.
        headers: { 'cache-control': 'no-store', ...(result.replayed ? { 'idempotent-replayed': 'true' } : {}) },
      };
    case 'keyReused':
      throw new ProblemError('idempotency_key_reused', 'Use a new key for another gift card.');
    case 'amountOutOfBounds':
      throw new ProblemError(
        'amount_out_of_bounds',
        `A gift card has ${result.least.toString()} to ${result.most.toString()} minor units.`,
      );
    case 'validityOutOfBounds':
      throw new ProblemError(
        'validity_out_of_bounds',
        `A gift card is valid for ${result.leastDays} to ${result.mostDays} days.`,
      );
  }
}
