import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codeFromBytes, readCode } from '../../../core/gift-cards/code.ts';
import { makeCode } from '../../../core/gift-cards/code-hash.ts';
import { fakeMacs } from './fakes.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const bytes = fc.uint8Array({ minLength: 12, maxLength: 40 });
const code = bytes.map(codeFromBytes);

describe('a code', () => {
  test('is five groups of four characters of base 32, and is read back however it is typed', () => {
    fc.assert(
      fc.property(code, (shown) => {
        expect(shown).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/u);
        const canonical = shown.replaceAll('-', '');
        expect(readCode(shown)).toBe(canonical);
        expect(readCode(` ${canonical.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')} `)).toBe(canonical);
      }),
    );
  });

  test('takes each of its first 95 bits from the bytes it is made of', () => {
    const zero = new Uint8Array(12);
    const codes = Array.from({ length: 95 }, (_, bit) => {
      const flipped = zero.with(bit >> 3, 128 >> (bit & 7));
      return codeFromBytes(flipped);
    });
    expect(new Set([codeFromBytes(zero), ...codes]).size).toBe(96);
    expect(() => codeFromBytes(new Uint8Array(11))).toThrow(RangeError);
  });

  test('with one wrong character, or two exchanged, is recognized as wrong', () => {
    fc.assert(
      fc.property(code, fc.nat({ max: 19 }), fc.nat({ max: 19 }), fc.nat({ max: 31 }), (shown, at, other, digit) => {
        const characters = Array.from(shown.replaceAll('-', ''));
        const replaced = characters.with(at, alphabet.charAt(digit));
        expect(readCode(replaced.join('')) !== undefined).toBe(replaced[at] === characters[at]);
        const swapped = characters.with(at, characters[other] ?? '').with(other, characters[at] ?? '');
        expect(readCode(swapped.join('')) !== undefined).toBe(characters[at] === characters[other]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['', 'U'.repeat(20), '0'.repeat(19), '0'.repeat(21), '0'.repeat(1000), '0000-0000-0000-0000-000!'])(
    'is not "%s"',
    (text) => {
      expect(readCode(text)).toBeUndefined();
    },
  );

  test('follows from key, card and secret together', async () => {
    const secret = new Uint8Array(20);
    const made = await Promise.all([
      makeCode(fakeMacs(1), 1, 'gc_1', secret),
      makeCode(fakeMacs(1), 1, 'gc_1', secret),
      makeCode(fakeMacs(2), 2, 'gc_1', secret),
      makeCode(fakeMacs(1), 1, 'gc_2', secret),
      makeCode(fakeMacs(1), 1, 'gc_1', secret.with(0, 1)),
    ]);
    expect(made[0]).toBe(made[1]);
    expect(new Set(made).size).toBe(4);
  });
});
