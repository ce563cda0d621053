import { constants } from 'node:crypto';
import type { Key } from './key-ring.ts';
import type { KeySpec } from './key-specs.ts';

export const encryptionAlgorithms = ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const;
export const signingAlgorithms = [
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'ECDSA_SHA_256',
] as const;
export const macAlgorithms = ['HMAC_SHA_256'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** The algorithms of a key, as DescribeKey and GetPublicKey list them. */
export function algorithmsOf({ spec, usage }: Key): readonly string[] {
  switch (usage) {
    case 'ENCRYPT_DECRYPT':
      return spec === 'SYMMETRIC_DEFAULT' ? ['SYMMETRIC_DEFAULT'] : ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'];
    case 'SIGN_VERIFY':
      return signingAlgorithms.filter((name) => name.startsWith('ECDSA') === (spec === 'ECC_NIST_P256'));
    case 'GENERATE_VERIFY_MAC':
      return macAlgorithms;
  }
}

/** SHA-1 or SHA-256, the hash of both OAEP's label and its mask. */
export function oaepHash(algorithm: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256'): 'sha1' | 'sha256' {
  return algorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256';
}

/** The longest text that OAEP takes: the modulus less two hashes and two bytes (RFC 8017, 7.1.1). */
export function longestOaepPlaintext(spec: KeySpec, hash: 'sha1' | 'sha256'): number {
  const modulusBytes = Number(spec.slice('RSA_'.length)) / 8;
  return modulusBytes - 2 * (hash === 'sha1' ? 20 : 32) - 2;
}

/** How node:crypto makes a signature of this kind. PSS salts are as long as the hash, as KMS makes them. */
export function signatureOptions(algorithm: SigningAlgorithm) {
  const hash = `sha${algorithm.slice(-3)}`;
  if (algorithm.startsWith('RSASSA_PSS')) {
    return { hash, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  }
  if (algorithm.startsWith('ECDSA')) return { hash, dsaEncoding: 'der' as const };
  return { hash, padding: constants.RSA_PKCS1_PADDING };
}
