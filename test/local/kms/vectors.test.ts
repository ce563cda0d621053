import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { AwsService, JsonObject } from '../../../local/kernel/service.ts';
import { createKeyRing } from '../../../local/kms/key-ring.ts';
import type { Key } from '../../../local/kms/key-ring.ts';
import { serveKeys } from '../../../local/kms/kms-service.ts';
import { accountId, region } from './kms-world.ts';

const folder = new URL('../../../../shared/conformance/crypto/', import.meta.url);
const vector = z.object({ tcId: z.number(), comment: z.string(), msg: z.string(), result: z.string() });
const oaepVectors = z.object({
  testGroups: z.array(
    z.object({ privateKeyPkcs8: z.string(), tests: z.array(vector.extend({ ct: z.string(), label: z.string() })) }),
  ),
});
const macVectors = z.object({
  testGroups: z.array(
    z.object({
      keySize: z.number(),
      tagSize: z.number(),
      tests: z.array(vector.extend({ key: z.string(), tag: z.string() })),
    }),
  ),
});

function describeVectors(file: string, body: (content: unknown) => void): void {
  const url = new URL(file, folder);
  const isThere = existsSync(url);
  const describeOrSkip = isThere ? describe : describe.skip;
  describeOrSkip(isThere ? file : `${file} (../shared/conformance/crypto is absent)`, () => {
    if (isThere) body(JSON.parse(readFileSync(url, 'utf8')));
    else test('skipped', () => undefined);
  });
}

function givenImportedKey(part: Pick<Key, 'spec' | 'usage' | 'material'>): AwsService {
  const arn = `arn:aws:kms:${region}:${accountId}:key/imported`;
  const base = {
    id: 'imported',
    arn,
    materialId: '6f2a1d7e-6f55-4a0e-9d0c-0d6a2f3b9c11',
    description: '',
    enabled: true,
    createdAt: 0,
  };
  return serveKeys(createKeyRing([{ ...base, ...part }], new Map(), { region, accountId }), accountId);
}

/** The answer's member, or the error's code. */
async function ask(kms: AwsService, operation: string, input: JsonObject, member: string): Promise<string> {
  try {
    const answer = await kms.handle({
      operation,
      input: { KeyId: 'imported', ...input },
      caller: { kind: 'operator' },
    });
    return Buffer.from(answer[member] as string, 'base64').toString('hex');
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

describeVectors('rsa_oaep_2048_sha256_mgf1sha256_test.json', (content) => {
  const cases = oaepVectors.parse(content).testGroups.flatMap(({ privateKeyPkcs8, tests }) => {
    const privateKey = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'hex'), format: 'der', type: 'pkcs8' });
    const material = { kind: 'pair' as const, privateKey, publicKey: createPublicKey(privateKey) };
    const kms = givenImportedKey({ spec: 'RSA_2048', usage: 'ENCRYPT_DECRYPT', material });
    return tests.map((one) => ({ ...one, kms }));
  });

  test.each(cases)('$tcId $comment is $result', async ({ kms, ct, msg, label, result }) => {
    const opened = await ask(
      kms,
      'Decrypt',
      { CiphertextBlob: base64(ct), EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
      'Plaintext',
    );
    // KMS takes no OAEP label; what was sealed with one must fail as any other wrong ciphertext does.
    const opens = result === 'valid' && label === '';
    // KMS says so at once of a ciphertext without a byte.
    expect(opened).toBe(opens ? msg : ct === '' ? 'ValidationException' : 'InvalidCiphertextException');
  });
});

describeVectors('hmac_sha256_test.json', (content) => {
  const cases = macVectors
    .parse(content)
    .testGroups.filter(({ keySize, tagSize }) => keySize === 256 && tagSize === 256)
    .flatMap(({ tests }) => tests)
    // KMS takes no empty message.
    .filter(({ msg }) => msg !== '');

  test.each(cases)('$tcId $comment is $result', async ({ key, msg, tag, result }) => {
    const secret = createSecretKey(Buffer.from(key, 'hex'));
    const kms = givenImportedKey({
      spec: 'HMAC_256',
      usage: 'GENERATE_VERIFY_MAC',
      material: { kind: 'secret', secret },
    });
    const input = { Message: base64(msg), MacAlgorithm: 'HMAC_SHA_256' };
    const made = await ask(kms, 'GenerateMac', input, 'Mac');
    if (result === 'valid') expect(made).toBe(tag);
    const verified = await ask(kms, 'VerifyMac', { ...input, Mac: base64(tag) }, 'MacAlgorithm');
    expect(verified === 'KMSInvalidMacException').toBe(result === 'invalid');
  });
});
