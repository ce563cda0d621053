import { constants, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { algorithmsOf, encryptionAlgorithms, longestOaepPlaintext, oaepHash } from './algorithms.ts';
import { invalidCiphertext, open, readMaterialId, seal } from './ciphertext.ts';
import type { EncryptionContext } from './ciphertext.ts';
import type { Key, KeyRing } from './key-ring.ts';
import {
  blob,
  encryptionContext,
  keyAccess,
  keyId,
  operation,
  requireAlgorithm,
  requireUsage,
  validationError,
} from './operation.ts';
import type { Operation } from './operation.ts';

type Algorithm = (typeof encryptionAlgorithms)[number];

const longestPlaintextBytes = 4096;
const longestCiphertextBytes = 6144;
const algorithm = z.enum(encryptionAlgorithms).default('SYMMETRIC_DEFAULT');

const encryptInput = z.looseObject({
  KeyId: keyId,
  Plaintext: blob(longestPlaintextBytes),
  EncryptionContext: encryptionContext,
  EncryptionAlgorithm: algorithm,
});
const decryptInput = z.looseObject({
  KeyId: keyId.optional(),
  CiphertextBlob: blob(longestCiphertextBytes),
  EncryptionContext: encryptionContext,
  EncryptionAlgorithm: algorithm,
});
const reEncryptInput = z.looseObject({
  CiphertextBlob: blob(longestCiphertextBytes),
  SourceKeyId: keyId.optional(),
  SourceEncryptionContext: encryptionContext,
  SourceEncryptionAlgorithm: algorithm,
  DestinationKeyId: keyId,
  DestinationEncryptionContext: encryptionContext,
  DestinationEncryptionAlgorithm: algorithm,
});
const dataKeyInput = z.looseObject({
  KeyId: keyId,
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.int().min(1).max(1024).optional(),
  EncryptionContext: encryptionContext,
});

/** Encrypt, Decrypt, ReEncrypt and the data keys. */
export function encryptionOperations(keys: KeyRing): Readonly<Record<string, Operation>> {
  return {
    Encrypt: operation(encryptInput, {
      access: (input) => [keyAccess('Encrypt', keys.find(input.KeyId), input.EncryptionContext)],
      handle: (input) => {
        const key = keys.find(input.KeyId);
        const sealed = encrypt(key, input.Plaintext, input.EncryptionContext, input.EncryptionAlgorithm);
        return {
          KeyId: key.arn,
          CiphertextBlob: sealed.toString('base64'),
          EncryptionAlgorithm: input.EncryptionAlgorithm,
        };
      },
    }),
    Decrypt: operation(decryptInput, {
      access: (input) => [
        keyAccess('Decrypt', findSealingKey(keys, input.CiphertextBlob, input), input.EncryptionContext),
      ],
      handle: (input) => {
        const key = findSealingKey(keys, input.CiphertextBlob, input);
        const plaintext = decrypt(key, input.CiphertextBlob, input.EncryptionContext, input.EncryptionAlgorithm);
        return {
          KeyId: key.arn,
          Plaintext: plaintext.toString('base64'),
          EncryptionAlgorithm: input.EncryptionAlgorithm,
        };
      },
    }),
    ReEncrypt: reEncryptOperation(keys),
    GenerateDataKey: dataKeyOperation(keys, 'GenerateDataKey'),
    GenerateDataKeyWithoutPlaintext: dataKeyOperation(keys, 'GenerateDataKeyWithoutPlaintext'),
  };
}

function reEncryptOperation(keys: KeyRing): Operation {
  const source = (input: z.infer<typeof reEncryptInput>) =>
    findSealingKey(keys, input.CiphertextBlob, {
      KeyId: input.SourceKeyId,
      EncryptionAlgorithm: input.SourceEncryptionAlgorithm,
    });
  return operation(reEncryptInput, {
    access: (input) => [
      keyAccess('ReEncryptFrom', source(input), input.SourceEncryptionContext),
      keyAccess('ReEncryptTo', keys.find(input.DestinationKeyId), input.DestinationEncryptionContext),
    ],
    handle: (input) => {
      const from = source(input);
      const to = keys.find(input.DestinationKeyId);
      const plaintext = decrypt(
        from,
        input.CiphertextBlob,
        input.SourceEncryptionContext,
        input.SourceEncryptionAlgorithm,
      );
      const sealed = encrypt(to, plaintext, input.DestinationEncryptionContext, input.DestinationEncryptionAlgorithm);
      return {
        CiphertextBlob: sealed.toString('base64'),
        SourceKeyId: from.arn,
        KeyId: to.arn,
        SourceEncryptionAlgorithm: input.SourceEncryptionAlgorithm,
        DestinationEncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
      };
    },
  });
}

function dataKeyOperation(keys: KeyRing, name: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext'): Operation {
  return operation(dataKeyInput, {
    access: (input) => [keyAccess(name, keys.find(input.KeyId), input.EncryptionContext)],
    handle: (input) => {
      const key = keys.find(input.KeyId);
      const dataKey = randomBytes(readDataKeyBytes(input));
      const sealed = encrypt(key, dataKey, input.EncryptionContext, 'SYMMETRIC_DEFAULT');
      const answer = { KeyId: key.arn, CiphertextBlob: sealed.toString('base64') };
      return name === 'GenerateDataKey' ? { ...answer, Plaintext: dataKey.toString('base64') } : answer;
    },
  });
}

function readDataKeyBytes({ KeySpec, NumberOfBytes }: z.infer<typeof dataKeyInput>): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    throw validationError('Please specify either number of bytes or key spec.');
  }
  return NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32);
}

/** A symmetric ciphertext names its key; of any other the caller must name it. */
function findSealingKey(
  keys: KeyRing,
  ciphertext: Buffer,
  asked: { readonly KeyId?: string | undefined; readonly EncryptionAlgorithm: Algorithm },
): Key {
  const named = asked.KeyId === undefined ? undefined : keys.find(asked.KeyId);
  if (asked.EncryptionAlgorithm !== 'SYMMETRIC_DEFAULT') {
    if (!named) throw validationError('A key id is required to decrypt with an asymmetric key.');
    return named;
  }
  if (named && named.spec !== 'SYMMETRIC_DEFAULT') return named;
  const sealing = keys.findByMaterial(readMaterialId(ciphertext) ?? '');
  if (!sealing) throw invalidCiphertext();
  if (named && named !== sealing) {
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  return sealing;
}

function encrypt(key: Key, plaintext: Buffer, context: EncryptionContext, chosen: Algorithm): Buffer {
  requireCompatible(key, context, chosen);
  if (chosen === 'SYMMETRIC_DEFAULT')
    return seal({ materialId: key.materialId, secret: secretOf(key) }, plaintext, context);
  const hash = oaepHash(chosen);
  if (plaintext.length > longestOaepPlaintext(key.spec, hash)) {
    throw validationError(`The plaintext is longer than ${chosen} with ${key.spec} takes.`);
  }
  return publicEncrypt(
    { key: pairOf(key).publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash },
    plaintext,
  );
}

function decrypt(key: Key, ciphertext: Buffer, context: EncryptionContext, chosen: Algorithm): Buffer {
  requireCompatible(key, context, chosen);
  if (chosen === 'SYMMETRIC_DEFAULT') return open(secretOf(key), ciphertext, context);
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key: pairOf(key).privateKey, padding, oaepHash: oaepHash(chosen) }, ciphertext);
  } catch {
    throw invalidCiphertext();
  }
}

function requireCompatible(key: Key, context: EncryptionContext, chosen: Algorithm): void {
  requireUsage(key, 'ENCRYPT_DECRYPT');
  requireAlgorithm(key, chosen, algorithmsOf(key));
  if (chosen !== 'SYMMETRIC_DEFAULT' && Object.keys(context).length > 0) {
    throw validationError('An encryption context is not supported with an asymmetric key.');
  }
}

function secretOf(key: Key) {
  if (key.material.kind !== 'secret') throw new Error(`Key ${key.id} has no secret.`);
  return key.material.secret;
}

function pairOf(key: Key) {
  if (key.material.kind !== 'pair') throw new Error(`Key ${key.id} has no pair.`);
  return key.material;
}
