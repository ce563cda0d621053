import type { FoundGiftCard, GiftCard as GiftCardAnswer } from '../../contracts/gift-cards.ts';
import type { GiftCard } from '../../core/gift-cards/gift-card.ts';
import { isExpired } from '../../core/gift-cards/gift-card.ts';
import { exactNumber } from '../../core/payments/messages.ts';

/** A card as its issuer sees it, field by field. It is expired by the clock, whether the daily pass came by or not. */
export function presentGiftCard(card: GiftCard, now: Date): GiftCardAnswer {
  const { id, currency, expiresAt, createdAt, updatedAt, version } = card;
  return {
    object: 'gift_card',
    id,
    status: isExpired(card, now) ? 'expired' : 'active',
    amount: exactNumber(card.amount),
    currency,
    balance: exactNumber(card.balance),
    held: exactNumber(card.held),
    available: exactNumber(card.available),
    expiresAt,
    createdAt,
    updatedAt,
    version,
  };
}

/** A card as whoever has its code sees it: what a payment needs to know, and no word of its issuer. */
export function presentFoundGiftCard({ id, available, currency, expiresAt }: GiftCard): FoundGiftCard {
  return { object: 'gift_card', id, available: exactNumber(available), currency, expiresAt };
}
