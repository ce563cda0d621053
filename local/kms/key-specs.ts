import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export const keySpecs = ['SYMMETRIC_DEFAULT', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'HMAC_256', 'ECC_NIST_P256'] as const;
export const keyUsages = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC'] as const;
export type KeySpec = (typeof keySpecs)[number];
export type KeyUsage = (typeof keyUsages)[number];

export type Material =
  | { readonly kind: 'secret'; readonly secret: KeyObject }
  | { readonly kind: 'pair'; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const rsaUsages: readonly KeyUsage[] = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'];

/** What each kind of key may be used for (AWS KMS developer guide, "Key spec reference"). */
export const usagesBySpec: Readonly<Record<KeySpec, readonly KeyUsage[]>> = {
  SYMMETRIC_DEFAULT: ['ENCRYPT_DECRYPT'],
  RSA_2048: rsaUsages,
  RSA_3072: rsaUsages,
  RSA_4096: rsaUsages,
  HMAC_256: ['GENERATE_VERIFY_MAC'],
  ECC_NIST_P256: ['SIGN_VERIFY'],
};

/** Fresh key material in the form in which it is stored: raw bytes of a secret, PKCS #8 (DER) of a private key. */
export function generateMaterial(spec: KeySpec): Buffer {
  switch (spec) {
    case 'SYMMETRIC_DEFAULT':
    case 'HMAC_256':
      return randomBytes(32);
    case 'RSA_2048':
    case 'RSA_3072':
    case 'RSA_4096':
      return exportPrivate(generateKeyPairSync('rsa', { modulusLength: Number(spec.slice('RSA_'.length)) }).privateKey);
    case 'ECC_NIST_P256':
      return exportPrivate(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  }
}

/** Reads stored material back. Throws when it is not the material of a key of this spec. */
export function readMaterial(spec: KeySpec, bytes: Buffer): Material {
  if (spec === 'SYMMETRIC_DEFAULT' || spec === 'HMAC_256') {
    if (bytes.length !== 32) throw new Error(`The material of a ${spec} key has 32 bytes, not ${bytes.length}.`);
    return { kind: 'secret', secret: createSecretKey(bytes) };
  }
  const privateKey = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  const { modulusLength, namedCurve } = privateKey.asymmetricKeyDetails ?? {};
  const fits = spec === 'ECC_NIST_P256' ? namedCurve === 'prime256v1' : `RSA_${modulusLength ?? 0}` === spec;
  if (!fits) throw new Error(`The private key is not one of spec ${spec}.`);
  return { kind: 'pair', privateKey, publicKey: createPublicKey(privateKey) };
}

function exportPrivate(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'pkcs8' });
}
