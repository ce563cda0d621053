import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from './ports.ts';
import type { SealedBytes } from './token.ts';

export const keyBytes = 32;
export const nonceBytes = 12;
export const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** Seals bytes under a key of 256 bits with a nonce of its own; `aad` must be given again to open them. */
export function sealBytes(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array, random: RandomBytes): SealedBytes {
  const nonce = random(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

/**
 * Opens what was sealed, or answers undefined: wrong key, wrong aad or changed bytes look alike. Sizes are checked
 * here because OpenSSL takes shorter tags and other nonces, which make forging easier.
 */
export function openBytes(
  key: Uint8Array,
  { nonce, ciphertext, tag }: SealedBytes,
  aad: Uint8Array,
): Buffer | undefined {
  if (key.length !== keyBytes || nonce.length !== nonceBytes || tag.length !== tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(aad).setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  try {
    // Nothing was released before the tag was checked here.
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return undefined;
  }
}
