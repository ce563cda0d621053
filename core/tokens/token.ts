/** How the holder pays for what the card spent, as far as its BIN tells. */
export type CardFunding = 'credit' | 'debit' | 'prepaid' | 'unknown';

/**
 * Says whether two tokens are the same card without saying which. It stays inside and with operators: with BIN and
 * last four at hand it would betray the number to whoever may tokenize at will.
 */
export interface Fingerprint {
  /** The version of the key it was made with; only values of one version compare. */
  readonly version: number;
  /** HMAC-SHA-256 of the number in base64url. */
  readonly value: string;
}

/** What anybody but the vault may know of a saved card. */
export interface CardToken {
  /** `tok_` and 26 characters. */
  readonly id: string;
  /** The principal whose token it is, and for whom alone it works. */
  readonly ownerId: string;
  readonly brand: string;
  readonly funding: CardFunding;
  /** The first six digits. */
  readonly bin: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly fingerprint: Fingerprint;
  /** RFC 3339, UTC, in milliseconds. */
  readonly createdAt: string;
  readonly version: number;
}

/** A row of a list of tokens: the index of owners carries no fingerprint. */
export type ListedToken = Omit<CardToken, 'fingerprint'>;

/** Bytes under AES-256-GCM: a nonce of 96 bits, a tag of 128. */
export interface SealedBytes {
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** A token as the vault keeps it: the card under a data key, the data key under the vault's own. */
export interface StoredToken extends CardToken {
  readonly wrappedKey: Uint8Array;
  readonly sealedCard: SealedBytes;
}

/** The card itself. It lives in memory while one request needs it, and nowhere else. */
export interface Card {
  /** 12 to 19 digits. */
  readonly number: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly holderName: string;
  /** Absent when it was not given, was used before, or is older than 15 minutes. */
  readonly cvc?: string;
}
