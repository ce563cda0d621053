import { describe, expect, test } from '@jest/globals';
import { createToken } from '../../../core/tokens/create-token.ts';
import { deleteToken } from '../../../core/tokens/delete-token.ts';
import { findToken } from '../../../core/tokens/find-token.ts';
import { getToken } from '../../../core/tokens/get-token.ts';
import { listTokens } from '../../../core/tokens/list-tokens.ts';
import { openCard } from '../../../core/tokens/open-card.ts';
import { refreshCvc } from '../../../core/tokens/refresh-cvc.ts';
import { VaultCorruptedError } from '../../../core/tokens/seal-card.ts';
import type { FakeVault } from './fake-vault.ts';
import { ada, after, bob, givenEnvelope, givenVault, now, visa } from './fake-vault.ts';

const { cvc: _cvc, ...visaWithoutCode } = visa;

async function givenSavedCard(vault: FakeVault, ownerId = 'ada', at = now): Promise<string> {
  const jwe = givenEnvelope({ header: { iat: Math.floor(at.getTime() / 1000) } });
  const created = await createToken(vault, { jwe, ownerId, now: at });
  if (created.kind !== 'created') throw new Error(`Not created: ${created.kind}`);
  return created.token.id;
}

describe('openCard', () => {
  test('hands the security code out once', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    expect(await openCard(vault, { tokenId, now })).toEqual({ kind: 'opened', card: visa });
    expect(vault.storedCvcs.size).toBe(0);
    expect(await openCard(vault, { tokenId, now })).toEqual({ kind: 'opened', card: visaWithoutCode });
  });

  test('hands it out once, even to two at once', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    const opened = await Promise.all([openCard(vault, { tokenId, now }), openCard(vault, { tokenId, now })]);
    expect(opened.filter((one) => one.kind === 'opened' && one.card.cvc !== undefined)).toHaveLength(1);
  });

  test('does not hand out a code of 15 minutes, though nobody has reaped it', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    expect(await openCard(vault, { tokenId, now: after(900) })).toEqual({ kind: 'opened', card: visaWithoutCode });
    expect(await openCard(vault, { tokenId, now: after(899) })).toEqual({ kind: 'opened', card: visa });
  });

  test('leaves the code alone when the key service does not answer', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    const dataKeys = { unwrap: () => Promise.reject(new Error('ThrottlingException')) };
    await expect(openCard({ ...vault, dataKeys }, { tokenId, now })).rejects.toThrow('Throttling');
    expect(await openCard(vault, { tokenId, now })).toEqual({ kind: 'opened', card: visa });
  });

  test('wipes the bare data key, also when the card does not open', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    const keys: Uint8Array[] = [];
    const dataKeys = {
      unwrap: async (id: string, wrapped: Uint8Array) => {
        const key = await vault.dataKeys.unwrap(id, wrapped);
        keys.push(key);
        return key;
      },
    };
    await openCard({ ...vault, dataKeys }, { tokenId, now });
    const stored = vault.stored.get(tokenId);
    if (!stored) throw new Error('not stored');
    vault.stored.set(tokenId, { ...stored, sealedCard: { ...stored.sealedCard, tag: Buffer.alloc(16) } });
    await expect(openCard({ ...vault, dataKeys }, { tokenId, now })).rejects.toThrow(VaultCorruptedError);
    expect(keys).toEqual([Buffer.alloc(32), Buffer.alloc(32)]);
  });

  test('finds nothing where there is no token', async () => {
    expect(await openCard(givenVault(), { tokenId: 'tok_0', now })).toEqual({ kind: 'notFound' });
  });

  test('opens no card that was put under another token', async () => {
    const vault = givenVault();
    const [first, second] = [await givenSavedCard(vault), await givenSavedCard(vault)];
    const [one, other] = [vault.stored.get(first), vault.stored.get(second)];
    if (!one || !other) throw new Error('not stored');
    vault.stored.set(first, { ...one, sealedCard: other.sealedCard });
    await expect(openCard(vault, { tokenId: first, now })).rejects.toThrow(VaultCorruptedError);
    vault.stored.set(first, { ...other, id: first });
    await expect(openCard(vault, { tokenId: first, now })).rejects.toThrow('InvalidCiphertextException');
  });
});

describe('refreshCvc', () => {
  const code = (cvc: string, at = now) =>
    givenEnvelope({ content: { cvc }, header: { iat: Math.floor(at.getTime() / 1000) } });

  test('gives a saved card a fresh code for another 15 minutes, in place of any older one', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    const later = after(86_400);
    const request = { tokenId, principal: ada, now: later };
    expect(await refreshCvc(vault, { ...request, jwe: code('111', later) })).toEqual({ kind: 'refreshed' });
    expect(await refreshCvc(vault, { ...request, jwe: code('999', later) })).toEqual({ kind: 'refreshed' });
    expect(await openCard(vault, { tokenId, now: after(86_400 + 899) })).toEqual({
      kind: 'opened',
      card: { ...visa, cvc: '999' },
    });
  });

  test.each<readonly [string, string, string]>([
    ['an envelope used before', 'used', 'invalidEnvelope'],
    ['a code of another length', code('1234'), 'cvcInvalid'],
    ['a whole card', givenEnvelope(), 'cardInvalid'],
    ['nonsense', 'nonsense', 'invalidEnvelope'],
  ])('refuses %s', async (_name, jwe, kind) => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    const used = code('123');
    await refreshCvc(vault, { tokenId, jwe: used, principal: ada, now });
    const request = { tokenId, jwe: jwe === 'used' ? used : jwe, principal: ada, now };
    expect((await refreshCvc(vault, request)).kind).toBe(kind);
  });

  test('finds nothing for a stranger, and does not touch the envelope', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    const jwe = code('777');
    expect(await refreshCvc(vault, { tokenId, jwe, principal: bob, now })).toEqual({ kind: 'notFound' });
    expect(await refreshCvc(vault, { tokenId: 'tok_0', jwe, principal: ada, now })).toEqual({ kind: 'notFound' });
    expect(await refreshCvc(vault, { tokenId, jwe, principal: ada, now })).toEqual({ kind: 'refreshed' });
  });
});

describe('a saved card', () => {
  test('is found by its owner alone, without what is sealed', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    const found = await findToken(vault, { tokenId, principal: ada });
    expect(found).toMatchObject({ id: tokenId, last4: '4242', fingerprint: { version: 1 } });
    expect(Object.keys(found ?? {})).not.toEqual(expect.arrayContaining(['sealedCard']));
    expect(Object.keys(found ?? {})).not.toEqual(expect.arrayContaining(['wrappedKey']));
    expect(await findToken(vault, { tokenId, principal: bob })).toBeUndefined();
    expect(await findToken(vault, { tokenId: 'tok_0', principal: ada })).toBeUndefined();
    expect((await getToken(vault, { tokenId, principal: ada })).kind).toBe('found');
    expect(await getToken(vault, { tokenId, principal: bob })).toEqual({ kind: 'notFound' });
  });

  test('is deleted by its owner alone, once, with its code', async () => {
    const vault = givenVault();
    const tokenId = await givenSavedCard(vault);
    expect(await deleteToken(vault, { tokenId, principal: bob })).toEqual({ kind: 'notFound' });
    expect(vault.storedCvcs.size).toBe(1);
    expect(await deleteToken(vault, { tokenId, principal: ada })).toEqual({ kind: 'deleted' });
    expect(vault.storedCvcs.size).toBe(0);
    expect(await deleteToken(vault, { tokenId, principal: ada })).toEqual({ kind: 'notFound' });
    expect(await openCard(vault, { tokenId, now })).toEqual({ kind: 'notFound' });
  });

  test('is listed for its owner, newest first, page by page', async () => {
    const vault = givenVault();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift(await givenSavedCard(vault, 'ada', after(index)));
    await givenSavedCard(vault, 'bob');
    const listed: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 3; page += 1) {
      const result = await listTokens(vault, { principal: ada, limit: 2, cursor });
      if (result.kind !== 'listed') throw new Error(result.kind);
      listed.push(...result.tokens.map(({ id }) => id));
      cursor = result.nextCursor ?? undefined;
    }
    expect(listed).toEqual(ids);
    expect(cursor).toBeUndefined();
  });

  test('is not listed by a cursor of another list, or by none of ours', async () => {
    const vault = givenVault();
    for (let index = 0; index < 2; index += 1) await givenSavedCard(vault, 'ada', after(index));
    const result = await listTokens(vault, { principal: ada, limit: 1 });
    const cursor = (result.kind === 'listed' && result.nextCursor) || '';
    expect(cursor).not.toBe('');
    for (const wrong of ['', 'nonsense', `${cursor}A`, cursor.slice(1), cursor.toLowerCase()]) {
      expect(await listTokens(vault, { principal: ada, limit: 1, cursor: wrong })).toEqual({ kind: 'invalidCursor' });
    }
    expect(await listTokens(vault, { principal: bob, limit: 1, cursor })).toEqual({ kind: 'invalidCursor' });
  });
});
