import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { GetPublicKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kmsDataKeys } from '../../../adapters/kms/data-keys.ts';
import { kmsEnvelopeKeyring, kmsPublicKey } from '../../../adapters/kms/envelope-keys.ts';
import { kmsFingerprinter } from '../../../adapters/kms/fingerprints.ts';
import { openEnvelope } from '../../../core/tokens/open-envelope.ts';
import { encryptCard } from '../../../packages/client/encrypt-card.ts';
import { givenKey, givenKms } from '../../local/kms/kms-world.ts';
import type { KmsWorld } from '../../local/kms/kms-world.ts';

const rsa = { KeySpec: 'RSA_3072', KeyUsage: 'ENCRYPT_DECRYPT' };
const hmac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' };
const current = givenKey('EnvelopeKey', rsa);
const other = givenKey('OtherEnvelopeKey', rsa);
const vault = givenKey('VaultKey');
const fingerprint = givenKey('FingerprintKey', hmac);
const secondFingerprint = givenKey('SecondFingerprintKey', hmac);
const now = new Date('2026-11-22T10:15:30.123Z');

let kms: KmsWorld;
beforeAll(async () => {
  kms = await givenKms([current, other, vault, fingerprint, secondFingerprint]);
});
afterAll(() => kms.close());

const keys = () =>
  kmsEnvelopeKeyring(
    [
      { kid: 'current', keyArn: current.arn },
      { kid: 'other', keyArn: other.arn, retiredAt: now },
    ],
    kms.client,
  );
const publicKey = (kid = 'current', keyArn = current.arn) => kmsPublicKey({ kid, keyArn }, kms.client);

async function encrypted(contentKey: Uint8Array): Promise<Buffer> {
  const jwk = { ...(await publicKey()()) };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, contentKey);
}

describe('kmsPublicKey', () => {
  test('answers the key as a JWK that says what it is for', async () => {
    expect(await publicKey()()).toEqual({
      kty: 'RSA',
      use: 'enc',
      alg: 'RSA-OAEP-256',
      kid: 'current',
      n: expect.stringMatching(/^[\w-]{512}$/u) as unknown,
      e: 'AQAB',
    });
  });

  test('asks KMS once', async () => {
    let calls = 0;
    const send = (command: GetPublicKeyCommand) => {
      calls += 1;
      return kms.client.send(command);
    };
    const ask = kmsPublicKey({ kid: 'current', keyArn: current.arn }, { send } as never);
    expect(await ask()).toBe(await ask());
    expect(calls).toBe(1);
  });

  test('does not keep a failure', async () => {
    let calls = 0;
    const client = { send: () => Promise.reject(new Error(`failure ${String((calls += 1))}`)) };
    const ask = kmsPublicKey({ kid: 'current', keyArn: current.arn }, client as never);
    await expect(ask()).rejects.toThrow('failure 1');
    await expect(ask()).rejects.toThrow('failure 2');
  });
});

describe('kmsEnvelopeKeyring', () => {
  test('unwraps a content key that was encrypted for its key', async () => {
    const contentKey = randomBytes(32);
    const unwrapped = await keys().unwrapContentKey('current', await encrypted(contentKey));
    expect(Buffer.from(unwrapped ?? [])).toEqual(contentKey);
    expect(kms.endpoint.lastAccess().map(({ action, resource }) => [action, resource])).toEqual([
      ['kms:Decrypt', current.arn],
    ]);
  });

  test('answers nothing for what was encrypted for another key, was changed, or has an unknown kid', async () => {
    const wrapped = await encrypted(randomBytes(32));
    expect(await keys().unwrapContentKey('other', wrapped)).toBeUndefined();
    expect(await keys().unwrapContentKey('unknown', wrapped)).toBeUndefined();
    wrapped.writeUInt8(wrapped.readUInt8(100) ^ 1, 100);
    expect(await keys().unwrapContentKey('current', wrapped)).toBeUndefined();
  });

  test('throws what is our own mistake, such as a key that is not there', async () => {
    const ring = kmsEnvelopeKeyring([{ kid: 'current', keyArn: `${current.arn}-gone` }], kms.client);
    const asked = ring.unwrapContentKey('current', await encrypted(randomBytes(32)));
    await expect(asked).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test('opens what the public client encrypts', async () => {
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2030, cvc: '123', holderName: 'Ada Lovelace' };
    const jwe = await encryptCard(card, await publicKey()(), { now });
    const opened = await openEnvelope({ keyring: keys(), random: randomBytes }, { jwe, now });
    expect(opened.kind === 'opened' && JSON.parse(opened.plaintext.toString())).toEqual(card);
  });
});

describe('kmsDataKeys', () => {
  const dataKeys = () => kmsDataKeys(vault.arn, kms.client);

  test('makes a key of 256 bits that unwraps to itself, for its token alone', async () => {
    const { plaintext, wrapped } = await dataKeys().generate('tok_1');
    expect(plaintext).toHaveLength(32);
    expect(Buffer.from(await dataKeys().unwrap('tok_1', wrapped))).toEqual(Buffer.from(plaintext));
    await expect(dataKeys().unwrap('tok_2', wrapped)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  test('never makes the same key twice', async () => {
    const [first, second] = [await dataKeys().generate('tok_1'), await dataKeys().generate('tok_1')];
    expect(Buffer.from(first.plaintext)).not.toEqual(Buffer.from(second.plaintext));
  });

  test('needs the right to its own key and no other', async () => {
    const { wrapped } = await dataKeys().generate('tok_1');
    expect(kms.endpoint.lastAccess()).toMatchObject([{ action: 'kms:GenerateDataKey', resource: vault.arn }]);
    await dataKeys().unwrap('tok_1', wrapped);
    expect(kms.endpoint.lastAccess()).toMatchObject([{ action: 'kms:Decrypt', resource: vault.arn }]);
  });
});

describe('kmsFingerprinter', () => {
  test('names one number the same under one key, and says which key it was', async () => {
    const first = kmsFingerprinter({ version: 1, keyArn: fingerprint.arn }, kms.client);
    const second = kmsFingerprinter({ version: 2, keyArn: secondFingerprint.arn }, kms.client);
    const one = await first.fingerprint('4242424242424242');
    expect(one).toEqual({ version: 1, value: expect.stringMatching(/^[\w-]{43}$/u) as unknown });
    expect(await first.fingerprint('4242424242424242')).toEqual(one);
    expect((await first.fingerprint('4000056655665556')).value).not.toBe(one.value);
    const other = await second.fingerprint('4242424242424242');
    expect(other.version).toBe(2);
    expect(other.value).not.toBe(one.value);
    expect(kms.endpoint.lastAccess()).toMatchObject([{ action: 'kms:GenerateMac', resource: secondFingerprint.arn }]);
  });
});
