import { describe, expect, test } from '@jest/globals';
import { deriveId } from '../../../core/ids.ts';
import type { CreatedToken } from '../../../core/tokens/create-token.ts';
import { createToken } from '../../../core/tokens/create-token.ts';
import { openCard } from '../../../core/tokens/open-card.ts';
import type { CardToken } from '../../../core/tokens/token.ts';
import type { FakeVault } from './fake-vault.ts';
import { after, formsOf, givenEnvelope, givenVault, now, visa } from './fake-vault.ts';

async function whenTokenized(vault: FakeVault, jwe: string, ownerId = 'ada', at = now): Promise<CreatedToken> {
  return createToken(vault, { jwe, ownerId, now: at });
}

async function givenToken(vault: FakeVault, jwe = givenEnvelope(), ownerId = 'ada'): Promise<CardToken> {
  const created = await whenTokenized(vault, jwe, ownerId);
  if (created.kind !== 'created') throw new Error(`Not created: ${created.kind}`);
  return created.token;
}

describe('createToken', () => {
  test('replaces the card by what may be known of it', async () => {
    expect(await givenToken(givenVault(), givenEnvelope({ header: { jti: 'first' } }))).toMatchObject({
      id: deriveId('tok_', 'ada', 'current', 'first'),
      ownerId: 'ada',
      brand: 'visa',
      funding: 'credit',
      bin: '424242',
      last4: '4242',
      expMonth: 12,
      expYear: 2030,
      fingerprint: { version: 1 },
      createdAt: '2026-11-22T10:15:30.123Z',
      version: 1,
    });
  });

  test.each([
    ['4000056655665556', 'debit'],
    ['4242424242424242', 'credit'],
    ['5105105105105100', 'prepaid'],
    ['4917610000000000', 'unknown'],
  ])('tells the funding of %s by its BIN: %s', async (number, funding) => {
    expect((await givenToken(givenVault(), givenEnvelope({ content: { ...visa, number } }))).funding).toBe(funding);
  });

  test('keeps the whole card where only the vault can open it', async () => {
    const vault = givenVault();
    const { id } = await givenToken(vault);
    expect(await openCard(vault, { tokenId: id, now })).toEqual({ kind: 'opened', card: visa });
  });

  test('leaves no number, code or name for a thief of the tables, in no form', async () => {
    const vault = givenVault();
    for (let index = 0; index < 20; index += 1) await givenToken(vault);
    const secrets = [...formsOf(visa.number), ...formsOf(visa.holderName), '"cvc"', '"number"'];
    expect(secrets.filter((secret) => vault.stolen().includes(secret))).toEqual([]);
  });

  test('asks the key service for the envelope, the fingerprint and one data key, and for nothing more', async () => {
    const vault = givenVault();
    const { id } = await givenToken(vault);
    expect(vault.keyCalls).toEqual(['unwrap current', 'fingerprint', `generate ${id}`]);
  });

  test('tells one card by one fingerprint, and different cards by different ones', async () => {
    const vault = givenVault();
    const first = await givenToken(vault);
    const again = await givenToken(vault, givenEnvelope({ content: { ...visa, expYear: 2031 } }), 'bob');
    const other = await givenToken(vault, givenEnvelope({ content: { ...visa, number: '4000056655665556' } }));
    expect(again.id).not.toBe(first.id);
    expect(again.fingerprint).toEqual(first.fingerprint);
    expect(other.fingerprint).not.toEqual(first.fingerprint);
  });

  test.each<readonly [CreatedToken['kind'], object]>([
    ['numberInvalid', { number: '4242424242424241' }],
    ['brandUnknown', { number: '9999999999999995' }],
    ['expired', { expMonth: 9, expYear: 2026 }],
    ['cvcInvalid', { cvc: '12' }],
    ['cardInvalid', { pin: '1234' }],
  ])('refuses a card as %s, keeps nothing, and leaves the envelope unused', async (kind, wrong) => {
    const vault = givenVault();
    const jwe = givenEnvelope({ content: { ...visa, ...wrong } });
    expect((await whenTokenized(vault, jwe)).kind).toBe(kind);
    expect((await whenTokenized(vault, jwe)).kind).toBe(kind);
    expect(vault.stored.size + vault.storedCvcs.size).toBe(0);
  });

  test('takes an envelope once: whoever sends it again, it is invalid', async () => {
    const vault = givenVault();
    const jwe = givenEnvelope();
    await givenToken(vault, jwe);
    expect(await whenTokenized(vault, jwe)).toEqual({ kind: 'invalidEnvelope' });
    expect(await whenTokenized(vault, jwe, 'bob')).toEqual({ kind: 'invalidEnvelope' });
    expect(vault.stored.size).toBe(1);
  });

  test('takes a name of an envelope once, whatever it holds', async () => {
    const vault = givenVault();
    await givenToken(vault, givenEnvelope({ header: { jti: 'same' } }));
    const other = givenEnvelope({ header: { jti: 'same' }, content: { ...visa, number: '5555555555554444' } });
    expect(await whenTokenized(vault, other)).toEqual({ kind: 'invalidEnvelope' });
  });

  test('makes exactly one token of two requests with one envelope at once', async () => {
    const vault = givenVault();
    const jwe = givenEnvelope();
    const kinds = (await Promise.all(Array.from({ length: 8 }, () => whenTokenized(vault, jwe)))).map(
      ({ kind }) => kind,
    );
    expect(kinds.filter((kind) => kind === 'created')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'invalidEnvelope')).toHaveLength(7);
    expect(vault.stored.size).toBe(1);
  });

  test('limits the cards of one BIN that a caller tokenizes in an hour', async () => {
    const vault = givenVault({ limitPerHour: 2 });
    await givenToken(vault);
    await givenToken(vault);
    expect(await whenTokenized(vault, givenEnvelope())).toEqual({ kind: 'tooManyCards' });
    expect((await whenTokenized(vault, givenEnvelope(), 'bob')).kind).toBe('created');
    const otherBin = givenEnvelope({ content: { ...visa, number: '5555555555554444' } });
    expect((await whenTokenized(vault, otherBin)).kind).toBe('created');
    const later = after(3600);
    const nextHour = givenEnvelope({ header: { iat: Math.floor(later.getTime() / 1000) } });
    expect((await whenTokenized(vault, nextHour, 'ada', later)).kind).toBe('created');
  });

  test('a card over the limit costs no data key', async () => {
    const vault = givenVault({ limitPerHour: 0 });
    await whenTokenized(vault, givenEnvelope());
    expect(vault.keyCalls).toEqual(['unwrap current']);
  });

  test('wipes the bare data key', async () => {
    const vault = givenVault();
    const keys: Uint8Array[] = [];
    const dataKeys = {
      generate: async (tokenId: string) => {
        const made = await vault.dataKeys.generate(tokenId);
        keys.push(made.plaintext);
        return made;
      },
    };
    await createToken({ ...vault, dataKeys }, { jwe: givenEnvelope(), ownerId: 'ada', now });
    expect(keys).toEqual([Buffer.alloc(32)]);
  });

  test('keeps no code when none was given', async () => {
    const vault = givenVault();
    const { cvc: _cvc, ...card } = visa;
    const { id } = await givenToken(vault, givenEnvelope({ content: card }));
    expect(vault.storedCvcs.size).toBe(0);
    expect(await openCard(vault, { tokenId: id, now })).toEqual({ kind: 'opened', card });
  });
});
