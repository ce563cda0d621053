/** A public key as GET /v1/encryption-key answers it. */
export interface EncryptionKey {
  readonly kty: string;
  readonly alg: string;
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** A card as people type it; blanks and hyphens in the number are taken out. */
export interface CardToEncrypt {
  readonly number: string;
  readonly expMonth: number;
  /** Four digits. */
  readonly expYear: number;
  readonly cvc?: string;
  readonly holderName: string;
}

/** A fresh security code for a saved card. */
export interface CvcToEncrypt {
  readonly cvc: string;
}

export interface EncryptOptions {
  /** The time that the envelope says it was made; it is good for ten minutes. */
  readonly now: Date;
  /** The envelope's own name, by which it is good once; a random one when left out. */
  readonly jti?: string;
}

/**
 * Encrypts a card on the page, so that no server but the vault ever sees it.
 * In: the card, or a fresh security code alone, and the key of GET /v1/encryption-key. Out: a compact JWE (RFC 7516;
 * RSA-OAEP-256, A256GCM) for `{"card": …}`. Uses WebCrypto alone: browsers (on https or localhost) and Node have it.
 * Throws TypeError for a key of another kind.
 */
export async function encryptCard(
  card: CardToEncrypt | CvcToEncrypt,
  key: EncryptionKey,
  { now, jti = crypto.randomUUID() }: EncryptOptions,
): Promise<string> {
  const publicKey = await importKey(key);
  const header = {
    alg: 'RSA-OAEP-256',
    enc: 'A256GCM',
    kid: key.kid,
    iat: Math.floor(now.getTime() / 1000),
    jti,
  };
  const aad = base64url(utf8(JSON.stringify(header)));
  const contentKey = crypto.getRandomValues(new Uint8Array(32));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const encryptedKey = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, publicKey, contentKey);
  const aesKey = await crypto.subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt']);
  contentKey.fill(0);
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: nonce, additionalData: utf8(aad), tagLength: 128 },
      aesKey,
      utf8(JSON.stringify(tidy(card))),
    ),
  );
  // WebCrypto puts the tag of 16 bytes behind the ciphertext; a JWE has it apart.
  const parts = [new Uint8Array(encryptedKey), nonce, sealed.subarray(0, -16), sealed.subarray(-16)];
  return [aad, ...parts.map(base64url)].join('.');
}

async function importKey({ kty, alg, n, e }: EncryptionKey) {
  if (kty !== 'RSA' || alg !== 'RSA-OAEP-256') {
    throw new TypeError('The key is not one for RSA-OAEP-256: use the answer of GET /v1/encryption-key.');
  }
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
  return crypto.subtle.importKey('jwk', { kty, n, e }, algorithm, false, ['encrypt']);
}

function tidy(card: CardToEncrypt | CvcToEncrypt): CardToEncrypt | CvcToEncrypt {
  return 'number' in card ? { ...card, number: card.number.replace(/[\s-]/gu, '') } : card;
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '');
}
