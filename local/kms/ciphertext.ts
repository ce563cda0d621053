import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AwsError } from '../kernel/aws-error.ts';

export type EncryptionContext = Readonly<Record<string, string>>;

const version = 1;
const uuidBytes = 16;
const ivBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + uuidBytes;

/**
 * Seals with AES-256-GCM. The blob is version, id of the key's material, IV, tag, ciphertext; version, id and
 * encryption context are authenticated with it, so that a blob works for its own key and context alone.
 */
export function seal(
  key: { readonly materialId: string; readonly secret: KeyObject },
  plaintext: Buffer,
  context: EncryptionContext,
): Buffer {
  const header = Buffer.concat([Buffer.from([version]), Buffer.from(key.materialId.replaceAll('-', ''), 'hex')]);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key.secret, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([header, encodeContext(context)]));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), sealed]);
}

/** The id of the material that a blob says it was sealed under; nothing when it is no blob of ours. */
export function readMaterialId(blob: Buffer): string | undefined {
  if (blob.length <= headerBytes + ivBytes + tagBytes || blob[0] !== version) return undefined;
  return blob
    .subarray(1, headerBytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}

/** Opens what `seal` made. Throws invalidCiphertext for every reason alike. */
export function open(secret: KeyObject, blob: Buffer, context: EncryptionContext): Buffer {
  const iv = blob.subarray(headerBytes, headerBytes + ivBytes);
  const tag = blob.subarray(headerBytes + ivBytes, headerBytes + ivBytes + tagBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, iv, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.concat([blob.subarray(0, headerBytes), encodeContext(context)]));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(blob.subarray(headerBytes + ivBytes + tagBytes)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** The one answer to every ciphertext that does not open: which part of it was wrong is nobody's business. */
export function invalidCiphertext(): AwsError {
  return new AwsError('InvalidCiphertextException', 'The ciphertext is not valid.');
}

/** Pairs sorted by key, each part behind its length, so that no two contexts have the same bytes. */
function encodeContext(context: EncryptionContext): Buffer {
  const parts = Object.entries(context)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flat()
    .map((part) => Buffer.from(part, 'utf8'));
  return Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}
