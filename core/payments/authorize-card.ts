import type { Card } from '../tokens/token.ts';
import type { Acquirer } from './acquirer.ts';
import type { AuthorizationOrder } from './messages.ts';
import { authorizationReference } from './payment.ts';
import type { Outcome } from './transition.ts';

export const cardUnreadable = 'CardUnreadable';

/** The card could not be opened, so that certainly nothing was sent to the acquirer. */
export class CardUnreadable extends Error {
  override readonly name = cardUnreadable;
}

export interface AuthorizeCardOrder {
  readonly paymentId: string;
  readonly attempt: number;
  readonly tokenId: string;
  /** What the card pays of the payment. */
  readonly amount: bigint;
  readonly currency: string;
}

export interface AuthorizeCardDependencies {
  readonly acquirer: Acquirer;
  /** Opens a sealed card and uses up its security code; undefined when there is no such token. */
  readonly openCard: (tokenId: string) => Promise<Card | undefined>;
}

/**
 * Asks the acquirer to hold the amount on a card.
 *
 * Primary course:
 * 1. The card is opened; its security code is deleted before anybody outside is called.
 * 2. The acquirer is asked once, under a reference that belongs to this attempt for ever.
 *
 * Throws CardUnreadable (nothing was sent), and the acquirer's errors: AcquirerUnavailable (nothing was sent),
 * AcquirerOutcomeUnknown and AcquirerRequestRefused (something may stand under the reference).
 */
export async function authorizeCard(
  { acquirer, openCard }: AuthorizeCardDependencies,
  order: AuthorizeCardOrder,
): Promise<Outcome> {
  const card = await open(openCard, order.tokenId);
  return acquirer.authorize({
    reference: authorizationReference(order.paymentId, order.attempt),
    amount: order.amount,
    currency: order.currency,
    card,
    initiator: 'customer',
  });
}

/** What the card is asked for: the part of the payment that gift cards leave. Throws CardUnreadable where there is no card. */
export function cardOrderOf(order: AuthorizationOrder): AuthorizeCardOrder {
  const { paymentId, attempt, tokenId, currency, giftCards = [] } = order;
  if (tokenId === undefined) throw new CardUnreadable(`Payment ${paymentId} has no card to authorize`);
  const amount = giftCards.reduce((left, giftCard) => left - giftCard.amount, order.amount);
  return { paymentId, attempt, tokenId, amount, currency };
}

async function open(openCard: AuthorizeCardDependencies['openCard'], tokenId: string): Promise<Card> {
  let card: Card | undefined;
  try {
    card = await openCard(tokenId);
  } catch (error) {
    // The message of a failed decryption is not repeated: it may hold what was decrypted.
    throw new CardUnreadable(
      `Token ${tokenId} could not be opened (${error instanceof Error ? error.name : 'unknown'})`,
    );
  }
  if (!card) throw new CardUnreadable(`Token ${tokenId} no longer exists`);
  return card;
}
