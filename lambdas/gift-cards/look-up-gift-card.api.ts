import type * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { giftCardRoutes } from '../../contracts/gift-cards.ts';
import { resolveCode } from '../../core/gift-cards/resolve-code.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { codeFinder, codeFinderEnvironment } from './code-finder.ts';
import { presentFoundGiftCard } from './present-gift-card.ts';

export type Environment = z.input<typeof codeFinderEnvironment>;

const dependencies = codeFinder(readEnvironment(codeFinderEnvironment), createDynamoDBClient());

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
