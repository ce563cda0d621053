import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { openBytes } from '../../../core/tokens/aes-gcm.ts';
import { openJweContent, parseCompactJwe } from '../../../core/tokens/compact-jwe.ts';
import { openEnvelope } from '../../../core/tokens/open-envelope.ts';
import { givenVault, now } from './fake-vault.ts';

/** Wycheproof's vectors of what envelopes and seals are made of. */
const folder = new URL('../../../../shared/conformance/crypto/', import.meta.url);

function describeVectors<T>(file: string, schema: z.ZodType<T>, body: (content: T) => void): void {
  const url = new URL(file, folder);
  const isThere = existsSync(url);
  const describeOrSkip = isThere ? describe : describe.skip;
  describeOrSkip(isThere ? file : `${file} (../shared/conformance/crypto is absent)`, () => {
    if (isThere) body(schema.parse(JSON.parse(readFileSync(url, 'utf8'))));
    else test('skipped', () => undefined);
  });
}

const jweVectors = z.object({
  testGroups: z.array(
    z.object({
      private: z.looseObject({ kty: z.string() }),
      tests: z.array(
        z.object({
          tcId: z.number(),
          comment: z.string(),
          jwe: z.unknown(),
          pt: z.string().optional(),
          result: z.enum(['valid', 'invalid', 'acceptable']),
        }),
      ),
    }),
  ),
});

/** What openEnvelope does but for its rules of kid, time and sizes: our two algorithms, or nothing. */
async function openWith(key: JsonWebKey, jwe: unknown): Promise<Buffer | undefined> {
  const parsed = parseCompactJwe(typeof jwe === 'string' ? jwe : JSON.stringify(jwe));
  if (!parsed) return undefined;
  const header = z
    .strictObject({ alg: z.literal('RSA-OAEP-256'), enc: z.literal('A256GCM') })
    .safeParse(readJson(parsed.header));
  if (!header.success) return undefined;
  return openJweContent(parsed, (encryptedKey) => Promise.resolve(unwrap(key, encryptedKey)), Buffer.alloc(32));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unwrap(key: JsonWebKey, encryptedKey: Uint8Array): Buffer | undefined {
  const privateKey = createPrivateKey({ key, format: 'jwk' });
  try {
    return privateDecrypt(
      { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      encryptedKey,
    );
  } catch {
    return undefined;
  }
}

describeVectors('json_web_encryption_test.json', jweVectors, ({ testGroups }) => {
  const cases = testGroups.flatMap((group) => group.tests.map((vector) => ({ key: group.private, ...vector })));
  const ours = cases.filter(({ jwe, result }) => result === 'valid' && isOurs(jwe));

  test('holds vectors of our two algorithms', () => expect(ours.map(({ tcId }) => tcId)).toEqual([90]));

  test.each(ours)('vector $tcId ($comment) opens to its plaintext', async ({ key, jwe, pt }) => {
    expect((await openWith(key as JsonWebKey, jwe))?.toString('hex')).toBe(pt);
  });

  test.each(cases.filter((vector) => !ours.includes(vector)))(
    'vector $tcId ($comment, $result) is not of ours and opens to nothing',
    async ({ key, jwe }) => expect(await openWith(key as JsonWebKey, jwe)).toBeUndefined(),
  );

  test('none of them is an envelope of ours', async () => {
    const vault = givenVault();
    for (const { jwe } of cases) {
      const opened = await openEnvelope(vault, { jwe: typeof jwe === 'string' ? jwe : JSON.stringify(jwe), now });
      expect(opened).toEqual({ kind: 'invalidEnvelope' });
    }
    expect(vault.keyCalls).toEqual([]);
  });

  test.each(ours)('vector $tcId opens no more when any part of it is changed', async ({ key, jwe }) => {
    const parts = String(jwe).split('.');
    for (const index of parts.keys()) {
      const changed = parts.map((part, at) => (at === index ? flipped(part) : part)).join('.');
      expect(await openWith(key as JsonWebKey, changed)).toBeUndefined();
    }
  });
});

function isOurs(jwe: unknown): boolean {
  const header = Buffer.from(String(jwe).split('.')[0] ?? '', 'base64url').toString();
  return header === '{"alg":"RSA-OAEP-256","enc":"A256GCM"}';
}

function flipped(part: string): string {
  const bytes = Buffer.from(part, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes.toString('base64url');
}

const hex = z.string().transform((text) => Buffer.from(text, 'hex'));
const gcmVectors = z.object({
  testGroups: z.array(
    z.object({
      keySize: z.number(),
      ivSize: z.number(),
      tagSize: z.number(),
      tests: z.array(
        z.object({
          tcId: z.number(),
          comment: z.string(),
          key: hex,
          iv: hex,
          aad: hex,
          msg: hex,
          ct: hex,
          tag: hex,
          result: z.enum(['valid', 'invalid', 'acceptable']),
        }),
      ),
    }),
  ),
});

describeVectors('aes_gcm_test.json', gcmVectors, ({ testGroups }) => {
  const cases = testGroups.flatMap(({ keySize, ivSize, tagSize, tests }) =>
    tests.map((vector) => ({ ...vector, isOurs: keySize === 256 && ivSize === 96 && tagSize === 128 })),
  );

  test('holds vectors of our sizes, good and bad', () => {
    const results = cases.filter(({ isOurs }) => isOurs).map(({ result }) => result);
    expect(new Set(results)).toEqual(new Set(['valid', 'invalid']));
  });

  test.each(cases)('vector $tcId ($comment, $result)', ({ key, iv, ct, tag, aad, msg, result, isOurs }) => {
    const opened = openBytes(key, { nonce: iv, ciphertext: ct, tag }, aad);
    expect(opened?.toString('hex')).toBe(isOurs && result === 'valid' ? msg.toString('hex') : undefined);
  });
});
