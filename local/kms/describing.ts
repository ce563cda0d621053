import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { JsonObject } from '../kernel/service.ts';
import { algorithmsOf } from './algorithms.ts';
import type { Key, KeyRing } from './key-ring.ts';
import { keyAccess, keyId, operation } from './operation.ts';
import type { Operation } from './operation.ts';

const keyInput = z.looseObject({ KeyId: keyId });
const randomInput = z.looseObject({ NumberOfBytes: z.int().min(1).max(1024) });

/** DescribeKey, GetPublicKey and GenerateRandom. */
export function describingOperations(keys: KeyRing, accountId: string): Readonly<Record<string, Operation>> {
  return {
    DescribeKey: operation(keyInput, {
      access: (input) => [keyAccess('DescribeKey', keys.find(input.KeyId))],
      handle: (input) => ({ KeyMetadata: describeKey(keys.find(input.KeyId), accountId) }),
    }),
    GetPublicKey: operation(keyInput, {
      access: (input) => [keyAccess('GetPublicKey', keys.find(input.KeyId))],
      handle: (input) => describePublicKey(keys.find(input.KeyId)),
    }),
    GenerateRandom: operation(randomInput, {
      access: () => [{ action: 'kms:GenerateRandom', resource: '*' }],
      handle: (input) => ({ Plaintext: randomBytes(input.NumberOfBytes).toString('base64') }),
    }),
  };
}

function describeKey(key: Key, accountId: string): JsonObject {
  return {
    AWSAccountId: accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt / 1000,
    Description: key.description,
    Enabled: key.enabled,
    KeyState: key.enabled ? 'Enabled' : 'Disabled',
    KeyManager: 'CUSTOMER',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    ...describeUsage(key),
  };
}

function describePublicKey(key: Key): JsonObject {
  if (key.material.kind !== 'pair') {
    throw new AwsError('UnsupportedOperationException', `${key.arn} is no asymmetric key: it has no public key.`);
  }
  if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  return {
    KeyId: key.arn,
    PublicKey: key.material.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    ...describeUsage(key),
  };
}

function describeUsage(key: Key): JsonObject {
  const algorithms = algorithmsOf(key);
  switch (key.usage) {
    case 'ENCRYPT_DECRYPT':
      return { KeyUsage: key.usage, EncryptionAlgorithms: algorithms };
    case 'SIGN_VERIFY':
      return { KeyUsage: key.usage, SigningAlgorithms: algorithms };
    case 'GENERATE_VERIFY_MAC':
      return { KeyUsage: key.usage, MacAlgorithms: algorithms };
  }
}
