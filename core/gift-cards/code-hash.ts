import { codeFromBytes } from './code.ts';
import type { CodeHash, CodeMacs } from './ports.ts';

/** The keyed hash under which a code's card is found. In: the code as `readCode` gives it. */
export async function hashCode(macs: CodeMacs, keyVersion: number, canonicalCode: string): Promise<CodeHash> {
  const mac = await macs.mac(keyVersion, `gift-card-code/hash/${canonicalCode}`);
  return { keyVersion, value: Buffer.from(mac).toString('base64url') };
}

/**
 * The code of a card, made from its secret and the key. Neither tells the code alone: once the secret is forgotten,
 * nobody can make it again. The message begins differently from that of a hash, so that no hash is ever a code.
 */
export async function makeCode(
  macs: CodeMacs,
  keyVersion: number,
  giftCardId: string,
  secret: Uint8Array,
): Promise<string> {
  const secretHex = Buffer.from(secret).toString('hex');
  return codeFromBytes(await macs.mac(keyVersion, `gift-card-code/make/${giftCardId}/${secretHex}`));
}
