import { constants, createPublicKey, publicEncrypt, verify } from 'node:crypto';
import {
  DecryptCommand,
  EncryptCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { givenKey, givenKms, removeDataFolders } from './kms-world.ts';
import type { KmsWorld } from './kms-world.ts';

const vault = givenKey('Vault');
const envelope = givenKey('Envelope', { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
const signer = givenKey('Signer', { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
const curve = givenKey('Curve', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
const fingerprint = givenKey('Fingerprint', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
const resources = [vault, envelope, signer, curve, fingerprint];

const message = Buffer.from('a message');
const oaep = 'RSAES_OAEP_SHA_256';
let kms: KmsWorld;

beforeAll(async () => {
  kms = await givenKms(resources);
});
afterAll(async () => {
  await kms.close();
  removeDataFolders();
});

async function sealedMessage(context?: Record<string, string>): Promise<Uint8Array> {
  const sealed = await kms.client.send(
    new EncryptCommand({ KeyId: vault.physicalId, Plaintext: message, EncryptionContext: context }),
  );
  return sealed.CiphertextBlob ?? new Uint8Array();
}

function flip(bytes: Uint8Array, index: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[index] = (flipped[index] ?? 0) ^ 1;
  return flipped;
}

describe('an RSA key for encryption', () => {
  async function encryptOutside(hash: 'sha1' | 'sha256', text: Buffer): Promise<Buffer> {
    const { PublicKey } = await kms.client.send(new GetPublicKeyCommand({ KeyId: envelope.arn }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, text);
  }

  test.each([
    ['RSAES_OAEP_SHA_1', 'sha1'],
    ['RSAES_OAEP_SHA_256', 'sha256'],
  ] as const)('opens with %s what was sealed outside with its public key', async (algorithm, hash) => {
    const CiphertextBlob = await encryptOutside(hash, message);
    const command = new DecryptCommand({ KeyId: envelope.arn, CiphertextBlob, EncryptionAlgorithm: algorithm });
    expect(Buffer.from((await kms.client.send(command)).Plaintext ?? [])).toEqual(message);
  });

  test('says by GetPublicKey what it may be used for', async () => {
    const answer = await kms.client.send(new GetPublicKeyCommand({ KeyId: envelope.arn }));
    expect(answer).toMatchObject({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect(answer.EncryptionAlgorithms).toEqual(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']);
  });

  test('answers alike to another hash, a damaged, a short and a foreign ciphertext', async () => {
    const sealed = await encryptOutside('sha256', message);
    const damaged = [await encryptOutside('sha1', message), flip(sealed, 9), sealed.subarray(1), await sealedMessage()];
    const errors = await Promise.all(
      damaged.map((blob) =>
        kms.client
          .send(new DecryptCommand({ KeyId: envelope.arn, CiphertextBlob: blob, EncryptionAlgorithm: oaep }))
          .catch((error: unknown) => error),
      ),
    );
    const answers = errors.map((error) => `${(error as Error).name}: ${(error as Error).message}`);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^InvalidCiphertextException/u);
  });

  test('takes as much as OAEP allows and not one byte more', async () => {
    const send = (bytes: number) =>
      kms.client.send(
        new EncryptCommand({ KeyId: envelope.arn, Plaintext: Buffer.alloc(bytes), EncryptionAlgorithm: oaep }),
      );
    await expect(send(190)).resolves.toMatchObject({ EncryptionAlgorithm: oaep });
    await expect(send(191)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('must be named to decrypt, takes no encryption context and no symmetric algorithm', async () => {
    const CiphertextBlob = await encryptOutside('sha256', message);
    const unnamed = new DecryptCommand({ CiphertextBlob, EncryptionAlgorithm: oaep });
    await expect(kms.client.send(unnamed)).rejects.toMatchObject({ name: 'ValidationException' });
    const named = { KeyId: envelope.arn, CiphertextBlob };
    const withContext = new DecryptCommand({ ...named, EncryptionAlgorithm: oaep, EncryptionContext: { a: 'b' } });
    await expect(kms.client.send(withContext)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(kms.client.send(new DecryptCommand(named))).rejects.toMatchObject({
      name: 'InvalidKeyUsageException',
    });
  });
});

describe('MACs and signatures', () => {
  test('a MAC is the same each time and holds for its message alone', async () => {
    const input = { KeyId: fingerprint.arn, Message: message, MacAlgorithm: 'HMAC_SHA_256' as const };
    const { Mac } = await kms.client.send(new GenerateMacCommand(input));
    expect((await kms.client.send(new GenerateMacCommand(input))).Mac).toEqual(Mac);
    await expect(kms.client.send(new VerifyMacCommand({ ...input, Mac }))).resolves.toMatchObject({ MacValid: true });
    for (const wrong of [flip(Mac ?? new Uint8Array(), 3), (Mac ?? new Uint8Array()).subarray(0, 16)]) {
      await expect(kms.client.send(new VerifyMacCommand({ ...input, Mac: wrong }))).rejects.toMatchObject({
        name: 'KMSInvalidMacException',
      });
    }
  });

  test.each([
    [signer, 'RSASSA_PSS_SHA_256'],
    [signer, 'RSASSA_PKCS1_V1_5_SHA_256'],
    [curve, 'ECDSA_SHA_256'],
  ] as const)('a signature of $logicalId holds for its message alone (%#)', async (key, SigningAlgorithm) => {
    const input = { KeyId: key.arn, Message: message, SigningAlgorithm };
    const { Signature } = await kms.client.send(new SignCommand(input));
    await expect(kms.client.send(new VerifyCommand({ ...input, Signature }))).resolves.toMatchObject({
      SignatureValid: true,
    });
    const tampered = new VerifyCommand({ ...input, Message: Buffer.from('another'), Signature });
    await expect(kms.client.send(tampered)).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' });
  });

  test('an ECDSA signature is DER and verifies outside with the public key', async () => {
    const { PublicKey } = await kms.client.send(new GetPublicKeyCommand({ KeyId: curve.arn }));
    const { Signature } = await kms.client.send(
      new SignCommand({ KeyId: curve.arn, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' }),
    );
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    expect(verify('sha256', message, key, Signature ?? new Uint8Array())).toBe(true);
  });

  test('an algorithm of another key spec is refused', async () => {
    const command = new SignCommand({ KeyId: curve.arn, Message: message, SigningAlgorithm: 'RSASSA_PSS_SHA_256' });
    await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  });
});
