import type { KeyObject } from 'node:crypto';
import { createPublicKey, verify } from 'node:crypto';

/** A message as it came in: its headers and the very bytes of its body, before anybody parsed them. */
export interface SignedMessage {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

/** The prefix by which Standard Webhooks marks a public key; 32 bytes in base64 follow. */
const keyPattern = /^whpk_([A-Za-z0-9+/]{43}=)$/u;
/** How far a message's time may be from ours, before and after. */
const toleranceSeconds = 300;
/** More signatures than a rotation needs are not looked at, so that nobody has us verify for nothing. */
const mostSignatures = 8;

/** A key that signatures of the asymmetric variant are verified by. Throws a TypeError when the text is none. */
export function parsePublicKey(text: string): KeyObject {
  const [, base64] = keyPattern.exec(text) ?? [];
  if (base64 === undefined) throw new TypeError('A public key is "whpk_" and 32 bytes in base64');
  const x = Buffer.from(base64, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/**
 * Whether a message is from who holds one of the keys, and fresh: Standard Webhooks' asymmetric variant (`v1a`, Ed25519
 * over `<id>.<timestamp>.<body>`). In: the message, the sender's keys (several while one follows another), and the time.
 *
 * Any of the signatures may fit any of the keys; other variants, such as the symmetric `v1`, are passed over. The time is
 * signed with the rest, so that a message that somebody recorded cannot be played again later; within the tolerance it
 * can, and what it tells is known by then.
 */
export function isAuthentic(message: SignedMessage, keys: readonly KeyObject[], now: Date): boolean {
  const { id, timestamp, signature, body } = message;
  if (id === undefined || timestamp === undefined || signature === undefined) return false;
  // A full stop within the id would let bytes move between the signed parts.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,256}$/u.test(id) || !/^\d{1,12}$/u.test(timestamp)) return false;
  const age = Math.floor(now.getTime() / 1000) - Number(timestamp);
  if (Math.abs(age) > toleranceSeconds) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'latin1'), body]);
  return signaturesOf(signature).some((each) => keys.some((key) => verify(null, signed, key, each)));
}

function signaturesOf(header: string): readonly Buffer[] {
  return header
    .split(' ')
    .slice(0, mostSignatures)
    .flatMap((entry) => {
      const [, base64] = /^v1a,([A-Za-z0-9+/]{86}==)$/u.exec(entry) ?? [];
      return base64 === undefined ? [] : [Buffer.from(base64, 'base64')];
    });
}
