import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  VaultCorruptedError,
  openSealedCard,
  openSealedCvc,
  sealCard,
  sealCvc,
} from '../../../core/tokens/seal-card.ts';
import { formsOf } from './fake-vault.ts';

const key = randomBytes(32);
const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), minLength, maxLength });
const card = fc.record({
  number: digits(12, 19),
  expMonth: fc.integer({ min: 1, max: 12 }),
  expYear: fc.integer({ min: 2000, max: 2099 }),
  holderName: fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' }),
});

describe('a sealed card', () => {
  test('opens to the card that was sealed', () => {
    fc.assert(
      fc.property(card, fc.string(), (given, tokenId) => {
        expect(openSealedCard(key, tokenId, sealCard(key, tokenId, given, randomBytes))).toEqual(given);
      }),
    );
  });

  test('does not contain the number, in no form', () => {
    fc.assert(
      fc.property(card, (given) => {
        const { nonce, ciphertext, tag } = sealCard(key, 'tok_1', given, randomBytes);
        const all = Buffer.concat([nonce, ciphertext, tag]);
        const forms = [all.toString('latin1'), all.toString('hex'), all.toString('base64')].join('|');
        expect(formsOf(given.number).filter((form) => form.length > 3 && forms.includes(form))).toEqual([]);
      }),
    );
  });

  test('never takes a nonce twice, and never looks the same', () => {
    const given = { number: '4242424242424242', expMonth: 1, expYear: 2030, holderName: 'Ada' };
    const sealed = Array.from({ length: 500 }, () => sealCard(key, 'tok_1', given, randomBytes));
    expect(new Set(sealed.map(({ nonce }) => Buffer.from(nonce).toString('hex'))).size).toBe(500);
    expect(new Set(sealed.map(({ ciphertext }) => Buffer.from(ciphertext).toString('hex'))).size).toBe(500);
  });

  test('leaves the security code out', () => {
    const given = { number: '4242424242424242', expMonth: 1, expYear: 2030, holderName: 'Ada', cvc: '123' };
    expect(openSealedCard(key, 'tok_1', sealCard(key, 'tok_1', given, randomBytes))).not.toHaveProperty('cvc');
  });

  test('opens for its own token alone, under its own key alone, and with no bit changed', () => {
    const given = { number: '4242424242424242', expMonth: 1, expYear: 2030, holderName: 'Ada' };
    const sealed = sealCard(key, 'tok_1', given, randomBytes);
    expect(() => openSealedCard(key, 'tok_2', sealed)).toThrow(VaultCorruptedError);
    expect(() => openSealedCard(randomBytes(32), 'tok_1', sealed)).toThrow(VaultCorruptedError);
    const changed = Buffer.from(sealed.ciphertext);
    changed.writeUInt8(changed.readUInt8(0) ^ 1, 0);
    expect(() => openSealedCard(key, 'tok_1', { ...sealed, ciphertext: changed })).toThrow(VaultCorruptedError);
    expect(() => openSealedCard(key, 'tok_1', { ...sealed, tag: sealed.tag.subarray(0, 12) })).toThrow(
      VaultCorruptedError,
    );
  });

  test('is no security code, and a security code is no card', () => {
    const cvc = sealCvc(key, 'tok_1', '123', randomBytes);
    expect(openSealedCvc(key, 'tok_1', cvc)).toBe('123');
    expect(() => openSealedCard(key, 'tok_1', cvc)).toThrow(VaultCorruptedError);
    const sealed = sealCard(key, 'tok_1', { number: '4', expMonth: 1, expYear: 2030, holderName: 'A' }, randomBytes);
    expect(() => openSealedCvc(key, 'tok_1', sealed)).toThrow(VaultCorruptedError);
    expect(() => openSealedCvc(key, 'tok_2', cvc)).toThrow(VaultCorruptedError);
  });

  test('that is broken is named by its token, never by what is in it', () => {
    const plaintext = sealCvc(key, 'tok_1', '4242424242424242', randomBytes);
    expect(() => openSealedCard(key, 'tok_1', plaintext)).toThrow('What the vault holds for tok_1 cannot be opened.');
  });
});
