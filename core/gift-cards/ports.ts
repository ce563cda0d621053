import type { GiftCard, GiftCardHold } from './gift-card.ts';
import type { GiftCardTransition } from './transition.ts';

/** What a step has to know before it decides: each item strongly consistent, but not all of one moment. */
export interface GiftCardState {
  readonly card?: GiftCard | undefined;
  /** The payment's hold, when a payment was named. */
  readonly hold?: GiftCardHold | undefined;
  /** The step's own transition, when it was taken before. */
  readonly transition?: GiftCardTransition | undefined;
}

export interface GiftCardReader {
  /** The card as it stands, strongly consistent. */
  find(giftCardId: string): Promise<GiftCard | undefined>;
}

/** Where gift cards, their holds and their transitions are kept. */
export interface GiftCardStore {
  read(
    giftCardId: string,
    keys: { readonly transitionId: string; readonly paymentId?: string | undefined },
  ): Promise<GiftCardState>;
  /**
   * Writes the transition, the card's change and the hold's in one transaction, on the conditions that no remainder
   * falls below zero, that the transition is new, that its number is the next one and that the hold is as it was read;
   * else answers `changed` and nothing is written.
   */
  record(
    transition: GiftCardTransition,
    hold?: { readonly before: GiftCardHold | undefined; readonly after: GiftCardHold },
  ): Promise<'recorded' | 'changed'>;
  /** Writes a hold of nothing that is resolved already, unless the payment has a hold. */
  closeHold(hold: GiftCardHold): Promise<'closed' | 'exists'>;
}

/** Waits a little before a further try: longer each time, and by chance, so that a crowd does not come back at once. */
export type BackOff = (attempt: number) => Promise<void>;

/** The code's keyed hash, under which its card is found. */
export interface CodeHash {
  readonly keyVersion: number;
  readonly value: string;
}

export interface GiftCardIssuer extends GiftCardReader {
  /**
   * Writes card, transition, the code's hash and the code's secret in one transaction, unless the card exists. The
   * secret is forgotten after `codeShownUntil`.
   */
  issue(
    card: GiftCard,
    transition: GiftCardTransition,
    hash: CodeHash,
    secret: Uint8Array,
  ): Promise<'issued' | 'exists'>;
  /** The transition that issued the card. */
  findIssue(giftCardId: string): Promise<GiftCardTransition | undefined>;
  /** The secret that the card's code was made from, or undefined once it was forgotten. */
  findSecret(giftCardId: string): Promise<Uint8Array | undefined>;
}

export interface CodeIndex {
  /** The id of the card whose code has this hash. */
  findByCode(hash: CodeHash): Promise<string | undefined>;
}

/** Keyed hashes (HMAC-SHA-256) under the keys for gift cards' codes, which nobody can read. */
export interface CodeMacs {
  /** The first is the current version; codes under the others are still found. */
  readonly keyVersions: readonly [number, ...number[]];
  /** Throws for a version that is not listed. */
  mac(keyVersion: number, message: string): Promise<Uint8Array>;
}

/** One look at a code, by whoever looks and when. */
export interface Guess {
  readonly principalId: string;
  /** Unique per look: counted twice it counts once. */
  readonly guessId: string;
  readonly now: Date;
}

/** Counts a caller's codes that were not found. */
export interface GuessCounter {
  /** Notes a guess as under way in the hour of its time; false when that hour's limit is reached. */
  begin(guess: Guess): Promise<boolean>;
  /** The guess was right, and counts for nothing any more; or it was wrong, and counts. */
  end(guess: Guess, wasRight: boolean): Promise<void>;
}

/** Gift cards that have something to expire. */
export interface ExpiryQueue {
  /** Ids of cards of one shard whose validity has ended, earliest first. */
  due(shard: number, now: Date, limit: number): Promise<readonly string[]>;
}

/** How many shards hold what will expire. */
export const expiryShards = 8;
