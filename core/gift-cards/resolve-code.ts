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
 * 1. The guess is noted for its caller before anything is looked up.
 * 2. The code is hashed under each key, the card found by the hash.
 * 3. The card is valid and has something to spend, or the caller knows it already: a request that is repeated may have
 *    emptied it. The guess counts for nothing then; a wrong one counts.
 *
 * Whatever is wrong with a code, the same is asked of KMS and of the tables: neither answer nor effort tells a typing
 * error from a card that is empty, expired or not there.
 */
export async function resolveCode(
  dependencies: ResolveCodeDependencies,
  guess: Guess & {
    readonly code: string;
    readonly isKnown?: (card: GiftCard) => boolean;
    /** The answer will not tell the caller whether there is such a card. */
    readonly isNoGuess?: boolean;
  },
): Promise<ResolvedCode> {
  if (guess.isNoGuess === true) return find(dependencies, guess);
  if (!(await dependencies.guesses.begin(guess))) return { kind: 'tooManyGuesses' };
  const found = await find(dependencies, guess);
  await dependencies.guesses.end(guess, found.kind === 'found');
  return found;
}

async function find(
  { codes, giftCards, macs }: Omit<ResolveCodeDependencies, 'guesses'>,
  guess: Pick<Guess, 'now'> & { readonly code: string; readonly isKnown?: (card: GiftCard) => boolean },
): Promise<{ readonly kind: 'found'; readonly card: GiftCard } | { readonly kind: 'notFound' }> {
  const canonical = readCode(guess.code) ?? nobodysCode;
  const ids = await Promise.all(
    macs.keyVersions.map(async (version) => codes.findByCode(await hashCode(macs, version, canonical))),
  );
  const card = await giftCards.find(ids.find((id) => id !== undefined) ?? nobodysCard);
  if (!card) return { kind: 'notFound' };
  const isSpendable = card.available > 0n && !isExpired(card, guess.now);
  if (!isSpendable && guess.isKnown?.(card) !== true) return { kind: 'notFound' };
  return { kind: 'found', card };
}
