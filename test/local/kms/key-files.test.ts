import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DecryptCommand, EncryptCommand, GetPublicKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, expect, test } from '@jest/globals';
import { givenDataFolder, givenKey, givenKms, openKms, removeDataFolders } from './kms-world.ts';

afterAll(removeDataFolders);

const vault = givenKey('Vault');
const envelope = givenKey('Envelope', { KeySpec: 'RSA_2048' });

test('a restart keeps the keys: what was sealed before opens after', async () => {
  const before = await givenKms([vault, envelope]);
  const sealed = await before.client.send(new EncryptCommand({ KeyId: vault.arn, Plaintext: Buffer.from('kept') }));
  const published = await before.client.send(new GetPublicKeyCommand({ KeyId: envelope.arn }));

  const after = await givenKms([vault, envelope], before.dataDir);
  const opened = await after.client.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }));
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('kept');
  const publishedAgain = await after.client.send(new GetPublicKeyCommand({ KeyId: envelope.arn }));
  expect(publishedAgain.PublicKey).toEqual(published.PublicKey);
  expect(after.lines).toEqual([]);
  await before.close();
  await after.close();
});

test('a key keeps its ciphertexts when its id changes', async () => {
  const before = await givenKms([vault]);
  const sealed = await before.client.send(new EncryptCommand({ KeyId: vault.arn, Plaintext: Buffer.from('kept') }));
  const renamed = { ...vault, physicalId: 'renamed', arn: vault.arn.replace(vault.physicalId, 'renamed') };
  const after = await givenKms([renamed], before.dataDir);
  const opened = await after.client.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }));
  expect(opened.KeyId).toBe(renamed.arn);
  await before.close();
  await after.close();
});

test('the folder is open to its owner alone, and so is each key', () => {
  const dataDir = givenDataFolder();
  openKms(dataDir, [vault, envelope]);
  expect(statSync(join(dataDir, 'kms')).mode & 0o777).toBe(0o700);
  const names = readdirSync(join(dataDir, 'kms'));
  expect(names.sort()).toEqual(['data-Envelope.json', 'data-Vault.json']);
  for (const name of names) expect(statSync(join(dataDir, 'kms', name)).mode & 0o777).toBe(0o600);
});

test('a folder and keys that were left open are closed at the next start', () => {
  const dataDir = givenDataFolder();
  openKms(dataDir, [vault]);
  const file = join(dataDir, 'kms', 'data-Vault.json');
  const content = readFileSync(file);
  const loose = givenDataFolder();
  mkdirSync(join(loose, 'kms'), { mode: 0o755 });
  writeFileSync(join(loose, 'kms', 'data-Vault.json'), content, { mode: 0o644 });
  openKms(loose, [vault]);
  expect(statSync(join(loose, 'kms')).mode & 0o777).toBe(0o700);
  expect(statSync(join(loose, 'kms', 'data-Vault.json')).mode & 0o777).toBe(0o600);
});

test('no line of the log holds any part of a key', () => {
  const dataDir = givenDataFolder();
  const lines: string[] = [];
  openKms(dataDir, [vault, envelope], lines);
  expect(lines).toEqual(['kms: made key data-Vault (SYMMETRIC_DEFAULT)', 'kms: made key data-Envelope (RSA_2048)']);
});

test.each([{ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }, { KeySpec: 'RSA_2048' }])(
  'a key whose template now asks for %j is refused, and its file stays as it is',
  (properties) => {
    const dataDir = givenDataFolder();
    openKms(dataDir, [vault]);
    const file = join(dataDir, 'kms', 'data-Vault.json');
    const before = readFileSync(file, 'utf8');
    expect(() => openKms(dataDir, [givenKey('Vault', properties)])).toThrow(/data-Vault.*not replaced/su);
    expect(readFileSync(file, 'utf8')).toBe(before);
  },
);

test('a damaged key is refused by name, without quoting it', () => {
  const dataDir = givenDataFolder();
  openKms(dataDir, [vault]);
  const file = join(dataDir, 'kms', 'data-Vault.json');
  const half = readFileSync(file, 'utf8').slice(0, -20);
  writeFileSync(file, half);
  expect(() => openKms(dataDir, [vault])).toThrow('The file of key data-Vault is damaged.');
  expect(readFileSync(file, 'utf8')).toBe(half);
});

test('what a kill in the middle of writing a key has left is cleared', () => {
  const dataDir = givenDataFolder();
  openKms(dataDir, []);
  writeFileSync(join(dataDir, 'kms', 'data-Vault.00000000.tmp'), '{"version":1,"mat');
  openKms(dataDir, [vault]);
  expect(readdirSync(join(dataDir, 'kms'))).toEqual(['data-Vault.json']);
});

test.each([
  [{ KeySpec: 'HMAC_256' }, 'not compatible'],
  [{ KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' }, 'cannot be served'],
  [{ Origin: 'EXTERNAL' }, 'cannot be served'],
])('a key of %j is refused at start', (properties, reason) => {
  expect(() => openKms(givenDataFolder(), [givenKey('Odd', properties)])).toThrow(reason);
});
