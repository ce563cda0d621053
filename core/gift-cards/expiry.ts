import type { GiftCard } from './gift-card.ts';
import type { GiftCardTransition } from './transition.ts';
import { giftCardTransition } from './transition.ts';

/**
 * The transition by which a card expires now, or undefined when nothing is due. What is held stays held; all else
 * lapses. An expired card expires again when a hold was released on it.
 */
export function expiryOf(card: GiftCard, now: Date): GiftCardTransition | undefined {
  if (card.expiresAt > now.toISOString()) return undefined;
  if (card.status === 'expired' && card.available === 0n) return undefined;
  return giftCardTransition(card, { step: 'expire', version: card.version }, { lapsed: card.available }, now);
}
