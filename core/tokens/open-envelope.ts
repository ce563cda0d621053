import * as z from 'zod';
import type { CompactJwe } from './compact-jwe.ts';
import { openJweContent, parseCompactJwe } from './compact-jwe.ts';
import { keyBytes, nonceBytes, tagBytes } from './aes-gcm.ts';
import type { EnvelopeKey, EnvelopeKeyring, RandomBytes, UsedEnvelope } from './ports.ts';

const envelopeLifetimeSeconds = 600;
/** Clocks of pages run ahead now and then. */
const clockSkewSeconds = 60;
/** How long envelopes for a retired key are taken: as long as a page may have kept the key. */
const retiredKeySeconds = 24 * 3600;

/** An RSA key of 3072 bits makes 384 bytes, whatever it encrypts. */
const encryptedKeyBytes = 384;
const longestHeader = 512;
const largestPlaintextBytes = 1024;

const name = z.string().regex(/^[\w.~:+/=-]{1,128}$/u);
const protectedHeader = z.strictObject({
  alg: z.literal('RSA-OAEP-256'),
  enc: z.literal('A256GCM'),
  kid: name,
  iat: z.int().nonnegative(),
  jti: name,
});
type ProtectedHeader = z.infer<typeof protectedHeader>;

export type OpenedEnvelope =
  | { readonly kind: 'opened'; readonly plaintext: Buffer; readonly envelope: UsedEnvelope }
  | { readonly kind: 'invalidEnvelope' };

/**
 * Opens an envelope that a page made for us.
 *
 * Input: the compact JWE, the keys, 32 random bytes at need, and the time.
 * 1. Bound it, take it apart, and check sizes.
 * 2. Read the protected header: exactly alg, enc, kid, iat, jti; fresh for ten minutes; for a key that is current or
 *    was retired less than 24 hours ago.
 * 3. Have the content key unwrapped, and open the content. It is the caller's part to use the envelope up in the
 *    same transaction as what it is good for.
 * Output: the plaintext and what to use up. Whatever is wrong, the answer is the same.
 */
export async function openEnvelope(
  { keyring, random }: { readonly keyring: EnvelopeKeyring; readonly random: RandomBytes },
  { jwe, now }: { readonly jwe: string; readonly now: Date },
): Promise<OpenedEnvelope> {
  const invalid = { kind: 'invalidEnvelope' } as const;
  const parsed = parseCompactJwe(jwe);
  if (!parsed || !hasOurSizes(parsed)) return invalid;
  const header = readHeader(parsed.header);
  if (!header || !isFresh(header, now) || !isTaken(keyring.keys, header.kid, now)) return invalid;
  const unwrap = (encryptedKey: Uint8Array) => keyring.unwrapContentKey(header.kid, encryptedKey);
  const plaintext = await openJweContent(parsed, unwrap, random(keyBytes));
  if (!plaintext) return invalid;
  return { kind: 'opened', plaintext, envelope: { kid: header.kid, jti: header.jti, staleAt: staleAt(header) } };
}

function hasOurSizes({ header, encryptedKey, content }: CompactJwe): boolean {
  return (
    header.length <= longestHeader &&
    encryptedKey.length === encryptedKeyBytes &&
    content.nonce.length === nonceBytes &&
    content.ciphertext.length <= largestPlaintextBytes &&
    content.tag.length === tagBytes
  );
}

/** Five members make ten quotation marks, their four strings eight; more means that a member was named twice. */
const quotationMarks = 18;

function readHeader(text: string): ProtectedHeader | undefined {
  // Without escapes and doubled members every reader of this header reads the same (RFC 7516, section 4).
  if (text.includes('\\') || text.split('"').length - 1 !== quotationMarks) return undefined;
  try {
    return protectedHeader.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isFresh({ iat }: ProtectedHeader, now: Date): boolean {
  const ageSeconds = now.getTime() / 1000 - iat;
  return ageSeconds < envelopeLifetimeSeconds && ageSeconds >= -clockSkewSeconds;
}

function isTaken(keys: readonly EnvelopeKey[], kid: string, now: Date): boolean {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (!key) return false;
  return !key.retiredAt || now.getTime() < key.retiredAt.getTime() + retiredKeySeconds * 1000;
}

function staleAt({ iat }: ProtectedHeader): Date {
  return new Date((iat + envelopeLifetimeSeconds) * 1000);
}
