import * as z from 'zod';
import { openBytes, sealBytes } from './aes-gcm.ts';
import type { RandomBytes } from './ports.ts';
import type { Card, SealedBytes } from './token.ts';

/** What lasts is the card without its security code. */
type LastingCard = Omit<Card, 'cvc'>;

const lastingCard = z.strictObject({
  number: z.string(),
  expMonth: z.int(),
  expYear: z.int(),
  holderName: z.string(),
});

/** Seals the card, without a security code, under the data key of its token. */
export function sealCard(
  dataKey: Uint8Array,
  tokenId: string,
  { number, expMonth, expYear, holderName }: LastingCard,
  random: RandomBytes,
): SealedBytes {
  const plaintext = Buffer.from(JSON.stringify({ number, expMonth, expYear, holderName }));
  return sealBytes(dataKey, plaintext, purpose('card', tokenId), random);
}

/** Seals a security code under the same data key. */
export function sealCvc(dataKey: Uint8Array, tokenId: string, cvc: string, random: RandomBytes): SealedBytes {
  return sealBytes(dataKey, Buffer.from(cvc), purpose('cvc', tokenId), random);
}

/** Opens a sealed card. Throws when it cannot be opened: what our own vault holds is broken then, or was changed. */
export function openSealedCard(dataKey: Uint8Array, tokenId: string, sealed: SealedBytes): LastingCard {
  const plaintext = openBytes(dataKey, sealed, purpose('card', tokenId));
  const card = plaintext && lastingCard.safeParse(readJson(plaintext)).data;
  if (!card) throw new VaultCorruptedError(tokenId);
  return card;
}

/** Opens a sealed security code. Throws when it cannot be opened. */
export function openSealedCvc(dataKey: Uint8Array, tokenId: string, sealed: SealedBytes): string {
  const plaintext = openBytes(dataKey, sealed, purpose('cvc', tokenId));
  if (!plaintext) throw new VaultCorruptedError(tokenId);
  return plaintext.toString('utf8');
}

/** Thrown when the vault's own bytes do not open: an operator must look, since no retry helps. */
export class VaultCorruptedError extends Error {
  override readonly name = 'VaultCorruptedError';

  constructor(tokenId: string) {
    super(`What the vault holds for ${tokenId} cannot be opened.`);
  }
}

/** The parser's own error would quote the card, and errors are logged. */
function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Says what the bytes are and whose, so that neither a card and a code nor two tokens' can be exchanged at rest. */
function purpose(kind: 'card' | 'cvc', tokenId: string): Buffer {
  return Buffer.from(`${kind}|${tokenId}`);
}
