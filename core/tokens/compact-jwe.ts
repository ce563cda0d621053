import { openBytes } from './aes-gcm.ts';
import type { SealedBytes } from './token.ts';

/** A JWE in compact serialization (RFC 7516, section 7.1), taken apart. Nothing in it is believed yet. */
export interface CompactJwe {
  /** The protected header's text. */
  readonly header: string;
  /** The header as it was sent, which the tag covers: ASCII of its base64url. */
  readonly aad: Buffer;
  readonly encryptedKey: Buffer;
  readonly content: SealedBytes;
}

/** A card's envelope has some 900 characters; nothing longer is looked at. */
const longestJwe = 4096;

/** Takes a compact JWE apart, or answers undefined: too long, not five parts, or a part that is not strict base64url. */
export function parseCompactJwe(jwe: string): CompactJwe | undefined {
  if (jwe.length > longestJwe) return undefined;
  const [header = '', encryptedKey = '', nonce = '', ciphertext = '', tag = '', ...more] = jwe.split('.');
  if (more.length > 0) return undefined;
  const parts = [header, encryptedKey, nonce, ciphertext, tag].map(decodeBase64url);
  const [headerBytes, keyBytes, nonceBytes, ciphertextBytes, tagBytes] = parts;
  if (!headerBytes || !keyBytes || !nonceBytes || !ciphertextBytes || !tagBytes) return undefined;
  return {
    header: headerBytes.toString('utf8'),
    aad: Buffer.from(header, 'ascii'),
    encryptedKey: keyBytes,
    content: { nonce: nonceBytes, ciphertext: ciphertextBytes, tag: tagBytes },
  };
}

/** How to get the content key; undefined when it was not encrypted for the key at hand. */
export type UnwrapContentKey = (encryptedKey: Uint8Array) => Promise<Uint8Array | undefined>;

/**
 * Opens the content of a JWE whose algorithms were found to be RSA-OAEP-256 and A256GCM, or answers undefined.
 * When the content key cannot be had, `substituteKey` (32 random bytes) is tried in its place: then every failure is
 * one of the tag, after the same work, and tells nobody about the padding (RFC 7516, section 11.5).
 */
export async function openJweContent(
  { aad, encryptedKey, content }: CompactJwe,
  unwrap: UnwrapContentKey,
  substituteKey: Uint8Array,
): Promise<Buffer | undefined> {
  const unwrapped = await unwrap(encryptedKey);
  const contentKey = unwrapped?.length === substituteKey.length ? unwrapped : substituteKey;
  try {
    return openBytes(contentKey, content, aad);
  } finally {
    unwrapped?.fill(0);
  }
}

/** Strict base64url: no padding, no other characters, no stray bits; never empty. */
function decodeBase64url(text: string): Buffer | undefined {
  if (text === '') return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Buffer.from forgives; what does not read back the same was not strict.
  return bytes.toString('base64url') === text ? bytes : undefined;
}
