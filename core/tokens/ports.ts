import type { Fingerprint, CardFunding, ListedToken, SealedBytes, StoredToken } from './token.ts';

/** A public key that pages encrypt for, by its name. */
export interface EnvelopeKey {
  readonly kid: string;
  /** When another key took its place; envelopes for it are taken for 24 hours more. */
  readonly retiredAt?: Date | undefined;
}

/** The keys of envelopes; the private halves never leave the key management service. */
export interface EnvelopeKeyring {
  /** The first is the current one. */
  readonly keys: readonly EnvelopeKey[];
  /**
   * The content key inside `encryptedKey` (RSA-OAEP-256), or undefined when it was not encrypted for this key.
   * Throws only for what passes by itself or is our own mistake.
   */
  unwrapContentKey(kid: string, encryptedKey: Uint8Array): Promise<Uint8Array | undefined>;
}

/** A public key as JWK (RFC 7517). */
export interface PublicEncryptionKey {
  readonly kty: 'RSA';
  readonly use: 'enc';
  readonly alg: 'RSA-OAEP-256';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

export interface DataKeyMaker {
  /** A new data key of 256 bits, bare and wrapped; the wrapped one opens for this token alone. */
  generate(tokenId: string): Promise<{ readonly plaintext: Uint8Array; readonly wrapped: Uint8Array }>;
}

export interface DataKeyUnwrapper {
  unwrap(tokenId: string, wrapped: Uint8Array): Promise<Uint8Array>;
}

export interface Fingerprinter {
  /** The fingerprint of a card number under the current key. */
  fingerprint(number: string): Promise<Fingerprint>;
}

/** What is known of a card by its first digits. */
export interface BinTable {
  funding(number: string): CardFunding;
}

/** An envelope that a write uses up: it works once, whoever sends it, and whatever for. */
export interface UsedEnvelope {
  readonly kid: string;
  readonly jti: string;
  /** From when on the envelope is stale anyway, so that the guard may be forgotten. */
  readonly staleAt: Date;
}

export interface SealedCvc {
  readonly tokenId: string;
  readonly sealed: SealedBytes;
  readonly expiresAt: Date;
}

export interface TokenAdder {
  /** Keeps token, security code and the use of the envelope in one transaction: all of them or nothing. */
  add(
    token: StoredToken,
    cvc: SealedCvc | undefined,
    envelope: UsedEnvelope,
  ): Promise<{ readonly kind: 'added' } | { readonly kind: 'envelopeUsed' }>;
}

export interface TokenReader {
  find(tokenId: string): Promise<StoredToken | undefined>;
}

export interface TokenLister {
  /** At most `limit` tokens of the owner, newest first, from behind `after` on. */
  listByOwner(ownerId: string, limit: number, after: TokenPosition | undefined): Promise<TokenPage>;
}

/** Where in an owner's list a page ended. */
export interface TokenPosition {
  readonly id: string;
  readonly createdAt: string;
}

interface TokenPage {
  readonly tokens: readonly ListedToken[];
  /** Present when there may be more. */
  readonly next?: TokenPosition | undefined;
}

export interface TokenRemover {
  /** Destroys the owner's token with its wrapped key and its security code. False: there is no such token of theirs. */
  remove(tokenId: string, ownerId: string): Promise<boolean>;
}

export interface CvcReplacer {
  /** Keeps a fresh security code in place of any older one, and the use of the envelope, in one transaction. */
  replace(
    cvc: SealedCvc,
    envelope: UsedEnvelope,
  ): Promise<{ readonly kind: 'replaced' } | { readonly kind: 'envelopeUsed' }>;
}

export interface CvcTaker {
  /** Deletes the security code and answers it when it had not expired by `now`: it is read at most once. */
  take(tokenId: string, now: Date): Promise<SealedBytes | undefined>;
}

export interface TokenizingCounter {
  /** Counts one card more of this caller and BIN in the hour of `now`; false when the hour's limit is reached. */
  count(ownerId: string, bin: string, now: Date): Promise<boolean>;
}

/** Bytes from a cryptographically strong source. */
export type RandomBytes = (size: number) => Uint8Array;
