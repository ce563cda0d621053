import { createHash } from 'node:crypto';

/** Crockford's base 32 in lower case: no i, l, o, u, so that an id survives being read aloud. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** 26 characters of 5 bits: 130 bits, so that two different causes never share an id. */
const idLength = 26;

/**
 * An id that follows from what caused it, so that doing the same again names the same thing.
 * In: the prefix with its underscore (`pay_`) and the parts that make it unique. Out: the prefix and 26 characters.
 * Prefix and parts are hashed with their lengths, so that ('ab', 'c') and ('a', 'bc') differ.
 */
export function deriveId(prefix: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of [prefix, ...parts]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return prefix + toBase32(hash.digest());
}

/** The digest's first 130 bits, five at a time. */
function toBase32(digest: Buffer): string {
  let text = '';
  let bits = 0;
  let bitCount = 0;
  for (const byte of digest) {
    bits = (bits << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5 && text.length < idLength) {
      bitCount -= 5;
      text += alphabet.charAt((bits >> bitCount) & 31);
    }
    bits &= 31;
  }
  return text;
}
