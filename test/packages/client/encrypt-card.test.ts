import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { compactDecrypt } from 'jose';
import { encryptCard } from '../../../packages/client/encrypt-card.ts';

const now = new Date('2026-11-22T10:15:30.999Z');
const card = { number: '4242424242424242', expMonth: 12, expYear: 2030, cvc: '123', holderName: 'Ada Lovelace' };
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
const key = { kty: 'RSA', alg: 'RSA-OAEP-256', kid: 'current', ...rsaNumbers() };

function rsaNumbers() {
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return { n, e };
}

/** Opened by jose, which knows nothing of ours. */
async function whenOpened(jwe: string) {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey);
  return { content: JSON.parse(new TextDecoder().decode(plaintext)) as unknown, header: protectedHeader };
}

describe('encryptCard', () => {
  test('makes a compact JWE that others open, with the header of the contract and nothing else in it', async () => {
    const { content, header } = await whenOpened(await encryptCard(card, key, { now, jti: 'once' }));
    expect(content).toEqual(card);
    expect(header).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'current', iat: 1795342530, jti: 'once' });
  });

  test('gives each envelope a name of its own, and never the same bytes', async () => {
    const [first, second] = [await encryptCard(card, key, { now }), await encryptCard(card, key, { now })];
    const [one, other] = [await whenOpened(first), await whenOpened(second)];
    expect(one.header['jti']).toMatch(/^[0-9a-f-]{36}$/u);
    expect(one.header['jti']).not.toBe(other.header['jti']);
    expect(first.split('.').filter((part) => second.split('.').includes(part))).toEqual([]);
  });

  test('takes out what people type between digits', async () => {
    const typed = { ...card, number: ' 4242 4242-4242\u00A04242 ' };
    expect((await whenOpened(await encryptCard(typed, key, { now }))).content).toEqual(card);
  });

  test('encrypts names beyond ASCII', async () => {
    const named = { ...card, holderName: 'Žofia Łukasiewicz-Ōno' };
    expect((await whenOpened(await encryptCard(named, key, { now }))).content).toEqual(named);
  });

  test('encrypts a security code alone', async () => {
    expect((await whenOpened(await encryptCard({ cvc: '123' }, key, { now }))).content).toEqual({ cvc: '123' });
  });

  test('stays within the bounds of an envelope for the longest card', async () => {
    const longest = { ...card, number: '4'.repeat(19), cvc: '1234', holderName: 'Ж'.repeat(120) };
    expect((await encryptCard(longest, key, { now, jti: randomUUID() })).length).toBeLessThan(4096);
  });

  test('refuses a key of another kind', async () => {
    await expect(encryptCard(card, { ...key, alg: 'RSA-OAEP' }, { now })).rejects.toThrow(TypeError);
    await expect(encryptCard(card, { ...key, kty: 'oct' }, { now })).rejects.toThrow(TypeError);
  });
});
