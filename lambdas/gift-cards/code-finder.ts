import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { dynamoCodeIndex } from '../../adapters/dynamodb/gift-card-issuer.ts';
import { findGiftCard } from '../../adapters/dynamodb/gift-card-store.ts';
import { dynamoGuessCounter } from '../../adapters/dynamodb/guess-counter.ts';
import { createKmsClient } from '../../adapters/kms/client.ts';
import { kmsCodeMacs } from '../../adapters/kms/code-macs.ts';
import type { ResolveCodeDependencies } from '../../core/gift-cards/resolve-code.ts';
import { codeKeys } from './code-keys.ts';

/** What every function is configured with that finds gift cards by their codes. */
export const codeFinderEnvironment = z.object({
  GIFT_CARDS_TABLE_NAME: z.string(),
  GUARDS_TABLE_NAME: z.string(),
  GIFT_CARD_CODE_KEYS: codeKeys,
  GIFT_CARD_GUESSES_PER_HOUR: z.coerce.number<string>().int().positive(),
});

/** The way from a code to its card, made once per function. */
export function codeFinder(
  settings: z.infer<typeof codeFinderEnvironment>,
  client: DynamoDBClient,
): ResolveCodeDependencies {
  const tableName = settings.GIFT_CARDS_TABLE_NAME;
  return {
    codes: dynamoCodeIndex(client, tableName),
    giftCards: { find: (id: string) => findGiftCard(client, tableName, id) },
    macs: kmsCodeMacs(settings.GIFT_CARD_CODE_KEYS, createKmsClient()),
    guesses: dynamoGuessCounter(client, settings.GUARDS_TABLE_NAME, settings.GIFT_CARD_GUESSES_PER_HOUR),
  };
}
