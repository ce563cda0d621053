import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { findGiftCard } from '../../adapters/dynamodb/gift-card-store.ts';
import { giftCardRoutes } from '../../contracts/gift-cards.ts';
import { getGiftCard } from '../../core/gift-cards/get-gift-card.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentGiftCard } from './present-gift-card.ts';

const environment = z.object({ GIFT_CARDS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const giftCards = { find: (id: string) => findGiftCard(client, settings.GIFT_CARDS_TABLE_NAME, id) };

export const handler = apiHandler(giftCardRoutes.getGiftCard, async ({ principal, path, now }) => {
  const card = await getGiftCard(giftCards, principal, path.id);
  if (!card) throw new ProblemError('gift_card_not_found', 'No gift card that you may see has this id.');
  return { status: 200, body: presentGiftCard(card, now) };
});
