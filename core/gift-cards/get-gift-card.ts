import type { Principal } from '../access/principal.ts';
import { isOperator } from '../access/principal.ts';
import type { GiftCard } from './gift-card.ts';
import type { GiftCardReader } from './ports.ts';

/**
 * One gift card, for whoever issued it and for operators.
 *
 * Primary course:
 * 1. The card is read, strongly consistent.
 * 2. It is the caller's, or the caller is an operator.
 *
 * Out: the card, or undefined when there is none that this caller may see: a stranger's is as if it did not exist.
 */
export async function getGiftCard(
  giftCards: GiftCardReader,
  principal: Principal,
  giftCardId: string,
): Promise<GiftCard | undefined> {
  const card = await giftCards.find(giftCardId);
  return card && (card.ownerId === principal.id || isOperator(principal)) ? card : undefined;
}
