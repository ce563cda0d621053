import type { GiftCard } from '../../gift-cards/gift-card.ts';
import type { TenderShare } from './tender-share.ts';
import { newShare } from './tender-share.ts';

/** Gift cards that one payment takes, so that all are held within the time that a caller waits. */
export const mostGiftCards = 5;

/** A gift card among the tenders, found by its code. */
export interface OfferedGiftCard {
  readonly card: GiftCard;
  /** Minor units; what is available, as far as it is needed, when absent. */
  readonly asked?: bigint | undefined;
}

/** Why tenders cannot pay, with the numbers in it. */
export type TenderRefusal =
  | { readonly kind: 'giftCardTwice' }
  | { readonly kind: 'giftCardCurrencyDiffers'; readonly currency: string }
  | { readonly kind: 'giftCardInsufficient'; readonly needed: bigint; readonly available: bigint }
  | { readonly kind: 'tendersExceedAmount'; readonly amount: bigint; readonly offered: bigint }
  | { readonly kind: 'tendersTooLow'; readonly amount: bigint; readonly offered: bigint };

export type PlannedTenders =
  /** The card is the last share, unless the gift cards pay for all: then it is left alone. */
  { readonly kind: 'planned'; readonly shares: readonly TenderShare[] } | TenderRefusal;

/**
 * What each tender pays of a payment. In: the amount and its currency, the gift cards in the order of the request, and
 * whether a card is among the tenders.
 *
 * 1. A gift card that an amount was named for pays that amount.
 * 2. The others pay what is available on them, in order, as far as something is left to pay.
 * 3. The card pays the rest; without one, nothing may be left.
 *
 * A gift card for which nothing is left is no tender of the payment. Nothing is held here: what is planned may still be
 * refused when it is to be held.
 */
export function planTenders(
  { amount, currency }: { readonly amount: bigint; readonly currency: string },
  offered: readonly OfferedGiftCard[],
  hasCard: boolean,
): PlannedTenders {
  const unfit = offered.map((offer) => fault(offer, currency)).find((found) => found !== undefined);
  if (unfit) return unfit;
  if (new Set(offered.map(({ card }) => card.id)).size < offered.length) return { kind: 'giftCardTwice' };
  const named = offered.reduce((sum, { asked = 0n }) => sum + asked, 0n);
  if (named > amount) return { kind: 'tendersExceedAmount', amount, offered: named };
  let left = amount - named;
  const shares = offered.flatMap(({ card, asked }) => {
    const part = asked ?? (card.available < left ? card.available : left);
    if (asked === undefined) left -= part;
    return part > 0n ? [newShare(part, card.id)] : [];
  });
  if (left === 0n) return { kind: 'planned', shares };
  if (!hasCard) return { kind: 'tendersTooLow', amount, offered: amount - left };
  return { kind: 'planned', shares: [...shares, newShare(left)] };
}

function fault({ card, asked = 0n }: OfferedGiftCard, currency: string): TenderRefusal | undefined {
  if (card.currency !== currency) return { kind: 'giftCardCurrencyDiffers', currency: card.currency };
  if (asked > card.available) return { kind: 'giftCardInsufficient', needed: asked, available: card.available };
  return undefined;
}
