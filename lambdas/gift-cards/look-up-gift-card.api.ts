import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoCodeIndex } from '../../adapters/dynamodb/gift-card-issuer.ts';
import { findGiftCard } from '../../adapters/dynamodb/gift-card-store.ts';
import { dynamoGuessCounter } from '../../adapters/dynamodb/guess-counter.ts';
import { createKmsClient } from '../../adapters/kms/client.ts';
import { kmsCodeMacs } from '../../adapters/kms/code-macs.ts';
import { giftCardRoutes } from '../../contracts/gift-cards.ts';
import { resolveCode } from '../../core/gift-cards/resolve-code.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { codeKeys } from './code-keys.ts';
import { presentFoundGiftCard } from './present-gift-card.ts';

const environment = z.object({
  GIFT_CARDS_TABLE_NAME: z.string(),
  GUARDS_TABLE_NAME: z.string(),
  GIFT_CARD_CODE_KEYS: codeKeys,
  GIFT_CARD_GUESSES_PER_HOUR: z.coerce.number<string>().int().positive(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const tableName = settings.GIFT_CARDS_TABLE_NAME;
const dependencies = {
  codes: dynamoCodeIndex(client, tableName),
  giftCards: { find: (id: string) => findGiftCard(client, tableName, id) },
  macs: kmsCodeMacs(settings.GIFT_CARD_CODE_KEYS, createKmsClient()),
  guesses: dynamoGuessCounter(client, settings.GUARDS_TABLE_NAME, settings.GIFT_CARD_GUESSES_PER_HOUR),
};

export const handler = apiHandler(giftCardRoutes.lookUpGiftCard, async ({ body, principal, requestId, now }) => {
  const guess = { code: body.code, principalId: principal.id, guessId: requestId, now };
  const resolved = await resolveCode(dependencies, guess);
  switch (resolved.kind) {
    case 'found':
      return { status: 200, body: presentFoundGiftCard(resolved.card) };
    case 'notFound':
      throw new ProblemError('gift_card_not_found', 'No gift card that can be spent has this code.');
    case 'tooManyGuesses':
      throw new ProblemError('too_many_guesses', 'You looked for as many unknown codes as an hour allows. Try later.');
  }
});
