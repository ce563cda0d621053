import { readCode } from './code.ts';
import { hashCode } from './code-hash.ts';
import type { GiftCard } from './gift-card.ts';
import { isExpired } from './gift-card.ts';
import type { CodeIndex, CodeMacs, GiftCardReader, Guess, GuessCounter } from './ports.ts';

export interface ResolveCodeDependencies {
  readonly codes: CodeIndex;
  readonly giftCards: GiftCardReader;
  readonly macs: CodeMacs;
  readonly guesses: GuessCounter;
}

export type ResolvedCode =
  | { readonly kind: 'found'; readonly card: GiftCard }
  /** No card has this code, or nothing of it can be spent: one answer for all. */
  | { readonly kind: 'notFound' }
  /** The caller has been wrong as often as an hour allows. */
  | { readonly kind: 'tooManyGuesses' };

/** What is looked for in place of a code that cannot be one, and of a card that no code names. */
const nobodysCode = '0'.repeat(20);
const nobodysCard = `gc_${'0'.repeat(26)}`;

/**
 * Finds the gift card that a code opens, for whoever is about to show or to spend it. The code goes no further than
 * this: everything behind it goes by the card's id.
 *
 * Primary course:
 * 1. The guess is counted for its caller before anything is looked up.
 * 2. The code is hashed under each key, the card found by the hash.
 * 3. The card is valid and has something to spend, or the caller knows it already: a request that is repeated may have
 *    emptied it. The guess is taken back, for it was none.
 *
 * Whatever is wrong with a code, the same is asked of KMS and of the tables: neither answer nor effort tells a typing
 * error from a card that is empty, expired or not there.
 */
export async function resolveCode(
  { codes, giftCards, macs, guesses }: ResolveCodeDependencies,
  guess: Guess & { readonly code: string; readonly isKnown?: (card: GiftCard) => boolean },
): Promise<ResolvedCode> {
  if (!(await guesses.count(guess))) return { kind: 'tooManyGuesses' };
  const canonical = readCode(guess.code) ?? nobodysCode;
  const ids = await Promise.all(
    macs.keyVersions.map(async (version) => codes.findByCode(await hashCode(macs, version, canonical))),
  );
  const card = await giftCards.find(ids.find((id) => id !== undefined) ?? nobodysCard);
  if (!card) return { kind: 'notFound' };
  const isSpendable = card.available > 0n && !isExpired(card, guess.now);
  if (!isSpendable && guess.isKnown?.(card) !== true) return { kind: 'notFound' };
  await guesses.takeBack(guess);
  return { kind: 'found', card };
}
