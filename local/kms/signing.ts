import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { algorithmsOf, macAlgorithms, signatureOptions, signingAlgorithms } from './algorithms.ts';
import type { Key, KeyRing } from './key-ring.ts';
import { blob, keyAccess, keyId, operation, requireAlgorithm, requireUsage } from './operation.ts';
import type { Operation } from './operation.ts';

const longestMessageBytes = 4096;
const longestSignatureBytes = 6144;

const signInput = z.looseObject({
  KeyId: keyId,
  Message: blob(longestMessageBytes),
  MessageType: z.enum(['RAW', 'DIGEST', 'EXTERNAL_MU']).default('RAW'),
  SigningAlgorithm: z.enum(signingAlgorithms),
});
const verifyInput = signInput.extend({ Signature: blob(longestSignatureBytes) });
const macInput = z.looseObject({
  KeyId: keyId,
  Message: blob(longestMessageBytes),
  MacAlgorithm: z.enum(macAlgorithms),
});
const verifyMacInput = macInput.extend({ Mac: blob(longestSignatureBytes) });

/** Sign, Verify, GenerateMac and VerifyMac. */
export function signingOperations(keys: KeyRing): Readonly<Record<string, Operation>> {
  return {
    Sign: operation(signInput, {
      access: (input) => [keyAccess('Sign', keys.find(input.KeyId))],
      handle: (input) => {
        const key = findSigningKey(keys, input);
        const { hash, ...options } = signatureOptions(input.SigningAlgorithm);
        const signature = sign(hash, input.Message, { key: pairOf(key).privateKey, ...options });
        return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm: input.SigningAlgorithm };
      },
    }),
    Verify: operation(verifyInput, {
      access: (input) => [keyAccess('Verify', keys.find(input.KeyId))],
      handle: (input) => {
        const key = findSigningKey(keys, input);
        const { hash, ...options } = signatureOptions(input.SigningAlgorithm);
        const valid = verify(hash, input.Message, { key: pairOf(key).publicKey, ...options }, input.Signature);
        if (!valid) throw new AwsError('KMSInvalidSignatureException', 'The signature is not valid.');
        return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
      },
    }),
    GenerateMac: operation(macInput, {
      access: (input) => [keyAccess('GenerateMac', keys.find(input.KeyId))],
      handle: (input) => {
        const key = keys.find(input.KeyId);
        return { KeyId: key.arn, Mac: mac(key, input.Message).toString('base64'), MacAlgorithm: input.MacAlgorithm };
      },
    }),
    VerifyMac: operation(verifyMacInput, {
      access: (input) => [keyAccess('VerifyMac', keys.find(input.KeyId))],
      handle: (input) => {
        const key = keys.find(input.KeyId);
        const expected = mac(key, input.Message);
        if (expected.length !== input.Mac.length || !timingSafeEqual(expected, input.Mac)) {
          throw new AwsError('KMSInvalidMacException', 'The MAC is not valid.');
        }
        return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
      },
    }),
  };
}

function findSigningKey(keys: KeyRing, input: z.infer<typeof signInput>): Key {
  const key = keys.find(input.KeyId);
  requireUsage(key, 'SIGN_VERIFY');
  requireAlgorithm(key, input.SigningAlgorithm, algorithmsOf(key));
  if (input.MessageType !== 'RAW') {
    throw new AwsError(
      'UnsupportedOperationException',
      `MessageType ${input.MessageType} is not served here; send the message as RAW.`,
    );
  }
  return key;
}

function mac(key: Key, message: Buffer): Buffer {
  requireUsage(key, 'GENERATE_VERIFY_MAC');
  if (key.material.kind !== 'secret') throw new Error(`Key ${key.id} has no secret.`);
  return createHmac('sha256', key.material.secret).update(message).digest();
}

function pairOf(key: Key) {
  if (key.material.kind !== 'pair') throw new Error(`Key ${key.id} has no pair.`);
  return key.material;
}
