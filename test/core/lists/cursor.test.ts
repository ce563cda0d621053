import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../../core/lists/cursor.ts';

const list = ['payments', 'ada', 'status=captured'];
const key = { pk: 'pay_0123', createdAt: '2026-11-22T10:15:30.123Z' };

describe('a cursor', () => {
  test('leads back to the key it was made of', () => {
    const keys = fc.dictionary(fc.string({ maxLength: 32 }), fc.string({ maxLength: 64 }), {
      maxKeys: 3,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(fc.array(fc.string()), keys, (ofList, given) => {
        expect(decodeCursor(ofList, encodeCursor(ofList, given))).toEqual(given);
      }),
    );
  });

  test('is text that goes into a URL as it is', () => {
    expect(encodeCursor(list, key)).toMatch(/^[\w-]{1,1024}$/u);
  });

  test('belongs to one list: another name, owner or filter refuses it', () => {
    const cursor = encodeCursor(list, key);
    expect(decodeCursor(['tokens', 'ada', 'status=captured'], cursor)).toBeUndefined();
    expect(decodeCursor(['payments', 'bob', 'status=captured'], cursor)).toBeUndefined();
    expect(decodeCursor(['payments', 'ada'], cursor)).toBeUndefined();
    expect(decodeCursor(['payments', 'adastatus=captured'], cursor)).toBeUndefined();
  });

  test('with any character changed is refused', () => {
    const cursor = encodeCursor(list, key);
    const change = fc.tuple(fc.integer({ min: 0, max: cursor.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(change, ([position, character]) => {
        fc.pre(cursor.charAt(position) !== character);
        const changed = cursor.slice(0, position) + character + cursor.slice(position + 1);
        expect(decodeCursor(list, changed)).toBeUndefined();
      }),
    );
  });

  test('is refused when it is empty, cut, padded, too long or any other text', () => {
    const cursor = encodeCursor(list, key);
    for (const wrong of ['', cursor.slice(0, -4), `${cursor}==`, `${cursor} `, cursor.repeat(20), 'a'.repeat(1025)]) {
      expect(decodeCursor(list, wrong)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => expect(decodeCursor(list, text)).toBeUndefined()));
  });
});
