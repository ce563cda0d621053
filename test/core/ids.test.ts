import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deriveId } from '../../core/ids.ts';

describe('deriveId', () => {
  test('the same cause names the same thing', () => {
    expect(deriveId('tok_', 'owner', 'kid', 'jti')).toBe(deriveId('tok_', 'owner', 'kid', 'jti'));
  });

  test('an id is its prefix and 26 characters of Crockford base 32', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        expect(deriveId('pay_', ...parts)).toMatch(/^pay_[0-9a-hjkmnp-tv-z]{26}$/u);
      }),
    );
  });

  test('where one part ends and the next begins makes a difference, and so does the prefix', () => {
    expect(deriveId('tok_', 'ab', 'c')).not.toBe(deriveId('tok_', 'a', 'bc'));
    expect(deriveId('tok_', 'a', '')).not.toBe(deriveId('tok_', 'a'));
    expect(deriveId('tok_', 'a').slice(4)).not.toBe(deriveId('pay_', 'a').slice(4));
  });

  test('an id given out once stays what it was', () => {
    expect(deriveId('tok_', 'owner', 'kid', 'jti')).toBe('tok_770am5987efmsrss1wzkw1rbrk');
  });

  test('every character of an id carries its five bits', () => {
    const ids = Array.from({ length: 2000 }, (_, index) => deriveId('', String(index)));
    for (let position = 0; position < 26; position += 1) {
      expect(new Set(ids.map((id) => id.charAt(position))).size).toBe(32);
    }
  });
});
