import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  ReEncryptCommand,
  SignCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { givenAlias, givenKey, givenKms, removeDataFolders } from './kms-world.ts';
import type { KmsWorld } from './kms-world.ts';

const vault = givenKey('Vault', { EnableKeyRotation: true, Description: 'seals tokens' });
const other = givenKey('Other');
const disabled = givenKey('Disabled', { Enabled: false });
const envelope = givenKey('Envelope', { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
const signer = givenKey('Signer', { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
const curve = givenKey('Curve', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
const fingerprint = givenKey('Fingerprint', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
const resources = [vault, other, disabled, envelope, signer, curve, fingerprint, givenAlias('alias/vault', vault)];

const message = Buffer.from('a message');
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

describe('a symmetric key', () => {
  test('opens what it sealed, and answers its ARN', async () => {
    const opened = await kms.client.send(new DecryptCommand({ CiphertextBlob: await sealedMessage() }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(message);
    expect(opened.KeyId).toBe(vault.arn);
    expect(opened.EncryptionAlgorithm).toBe('SYMMETRIC_DEFAULT');
  });

  test.each([vault.physicalId, vault.arn, 'alias/vault', 'arn:aws:kms:eu-central-1:000000000000:alias/vault'])(
    'is found by %s',
    async (keyId) => {
      const opened = await kms.client.send(new DecryptCommand({ CiphertextBlob: await sealedMessage(), KeyId: keyId }));
      expect(Buffer.from(opened.Plaintext ?? [])).toEqual(message);
    },
  );

  test('seals the same text differently each time', async () => {
    expect(await sealedMessage()).not.toEqual(await sealedMessage());
  });

  test('opens for the same encryption context in any order', async () => {
    const sealed = await sealedMessage({ tokenId: 'tok_1', purpose: 'vault' });
    const context = { purpose: 'vault', tokenId: 'tok_1' };
    const opened = await kms.client.send(new DecryptCommand({ CiphertextBlob: sealed, EncryptionContext: context }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(message);
  });

  test.each([{}, { tokenId: 'tok_2' }, { tokenId: 'tok_1', more: '' }, { TokenId: 'tok_1' }])(
    'does not open for another encryption context: %j',
    async (context) => {
      const sealed = await sealedMessage({ tokenId: 'tok_1' });
      const command = new DecryptCommand({
        CiphertextBlob: sealed,
        EncryptionContext: context,
      });
      await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    },
  );

  test('answers alike to every damaged ciphertext, wherever the damage is', async () => {
    const sealed = await sealedMessage();
    const damaged = [
      ...[0, 5, 20, 40, sealed.length - 1].map((index) => flip(sealed, index)),
      sealed.subarray(0, -1),
      Buffer.from('x'),
      Buffer.concat([sealed, Buffer.from('x')]),
    ];
    const errors = await Promise.all(
      damaged.map((blob) =>
        kms.client.send(new DecryptCommand({ CiphertextBlob: blob })).catch((error: unknown) => error),
      ),
    );
    const answers = errors.map((error) => `${(error as Error).name}: ${(error as Error).message}`);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^InvalidCiphertextException/u);
  });

  test('does not open what another key sealed', async () => {
    const command = new DecryptCommand({ CiphertextBlob: await sealedMessage(), KeyId: other.arn });
    await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  test('takes 4,096 bytes and not one more', async () => {
    const longest = new EncryptCommand({ KeyId: vault.arn, Plaintext: Buffer.alloc(4096) });
    await expect(kms.client.send(longest)).resolves.toMatchObject({ KeyId: vault.arn });
    const longer = new EncryptCommand({ KeyId: vault.arn, Plaintext: Buffer.alloc(4097) });
    await expect(kms.client.send(longer)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('makes no MAC and signs nothing', async () => {
    const mac = new GenerateMacCommand({ KeyId: vault.arn, Message: message, MacAlgorithm: 'HMAC_SHA_256' });
    await expect(kms.client.send(mac)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
    const sign = new SignCommand({ KeyId: vault.arn, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' });
    await expect(kms.client.send(sign)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  });

  test('does nothing while the template says that it is disabled', async () => {
    const command = new EncryptCommand({ KeyId: disabled.arn, Plaintext: message });
    await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'DisabledException' });
  });

  test('a ciphertext moves to another key and context without its text being seen', async () => {
    const moved = await kms.client.send(
      new ReEncryptCommand({
        CiphertextBlob: await sealedMessage({ tokenId: 'tok_1' }),
        SourceEncryptionContext: { tokenId: 'tok_1' },
        DestinationKeyId: other.arn,
        DestinationEncryptionContext: { tokenId: 'tok_2' },
      }),
    );
    expect(kms.endpoint.lastAccess()).toEqual([
      { action: 'kms:ReEncryptFrom', resource: vault.arn, context: { 'kms:EncryptionContext:tokenId': 'tok_1' } },
      { action: 'kms:ReEncryptTo', resource: other.arn, context: { 'kms:EncryptionContext:tokenId': 'tok_2' } },
    ]);
    const context = { tokenId: 'tok_2' };
    const command = new DecryptCommand({
      CiphertextBlob: moved.CiphertextBlob,
      KeyId: other.arn,
      EncryptionContext: context,
    });
    expect(Buffer.from((await kms.client.send(command)).Plaintext ?? [])).toEqual(message);
  });
});

describe('data keys', () => {
  test.each([
    [{ KeySpec: 'AES_256' as const }, 32],
    [{ KeySpec: 'AES_128' as const }, 16],
    [{ NumberOfBytes: 64 }, 64],
  ])('of %j come plain and sealed', async (size, bytes) => {
    const made = await kms.client.send(
      new GenerateDataKeyCommand({ KeyId: vault.arn, EncryptionContext: { tokenId: 'tok_1' }, ...size }),
    );
    expect(made.Plaintext).toHaveLength(bytes);
    const context = { tokenId: 'tok_1' };
    const opened = await kms.client.send(
      new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext: context }),
    );
    expect(opened.Plaintext).toEqual(made.Plaintext);
  });

  test('come without plaintext where none is asked for', async () => {
    const made = await kms.client.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: vault.arn, KeySpec: 'AES_256' }),
    );
    expect(made).not.toHaveProperty('Plaintext');
    const opened = await kms.client.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
    expect(opened.Plaintext).toHaveLength(32);
  });

  test.each([{}, { KeySpec: 'AES_256' as const, NumberOfBytes: 32 }, { NumberOfBytes: 0 }, { NumberOfBytes: 1025 }])(
    'are refused for a size of %j',
    async (size) => {
      const command = new GenerateDataKeyCommand({ KeyId: vault.arn, ...size });
      await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
    },
  );

  test('come from symmetric keys alone', async () => {
    const command = new GenerateDataKeyCommand({ KeyId: envelope.arn, KeySpec: 'AES_256' });
    await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  });
});

describe('what is asked of KMS', () => {
  test('DescribeKey shows what the template says', async () => {
    const { KeyMetadata } = await kms.client.send(new DescribeKeyCommand({ KeyId: 'alias/vault' }));
    expect(KeyMetadata).toMatchObject({
      Arn: vault.arn,
      KeyId: vault.physicalId,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Description: 'seals tokens',
      KeyManager: 'CUSTOMER',
    });
    expect(Math.abs(Date.now() - Number(KeyMetadata?.CreationDate))).toBeLessThan(60_000);
  });

  test.each(['nobody', 'alias/nobody', 'arn:aws:kms:eu-central-1:000000000000:key/nobody'])(
    'a key %s is not found',
    async (KeyId) => {
      const command = new EncryptCommand({ KeyId, Plaintext: message });
      await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'NotFoundException' });
      expect(kms.endpoint.lastAccess()).toEqual([]);
    },
  );

  test('GenerateRandom answers as many bytes as asked', async () => {
    expect((await kms.client.send(new GenerateRandomCommand({ NumberOfBytes: 24 }))).Plaintext).toHaveLength(24);
  });

  test('a dry run changes nothing and says that it would have succeeded', async () => {
    const command = new EncryptCommand({ KeyId: vault.arn, Plaintext: message, DryRun: true });
    await expect(kms.client.send(command)).rejects.toMatchObject({ name: 'DryRunOperationException' });
  });

  test('Decrypt needs the right on the key that sealed, with the encryption context', async () => {
    const CiphertextBlob = await sealedMessage({ tokenId: 'tok_1' });
    await kms.client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { tokenId: 'tok_1' } }));
    expect(kms.endpoint.lastAccess()).toEqual([
      { action: 'kms:Decrypt', resource: vault.arn, context: { 'kms:EncryptionContext:tokenId': 'tok_1' } },
    ]);
  });

  test('GenerateMac by alias-free id needs the right on the key ARN', async () => {
    const input = { KeyId: fingerprint.physicalId, Message: message, MacAlgorithm: 'HMAC_SHA_256' as const };
    await kms.client.send(new GenerateMacCommand(input));
    expect(kms.endpoint.lastAccess()).toEqual([{ action: 'kms:GenerateMac', resource: fingerprint.arn, context: {} }]);
  });
});
