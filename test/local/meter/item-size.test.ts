import { describe, expect, test } from '@jest/globals';
import { parseJsonObject } from '../../../local/kernel/json.ts';
import { itemBytes } from '../../../local/meter/item-size.ts';

/** The size of one value under a name of one byte, without that byte. */
const valueBytes = (value: object) => itemBytes(parseJsonObject(JSON.stringify({ a: value }), 'item')) - 1;

describe('an item is as large as DynamoDB counts it', () => {
  test('names and strings count their bytes in UTF-8', () => {
    expect(itemBytes({ pk: { S: 'abc' } })).toBe(5);
    expect(itemBytes({ prix: { S: '5 €' } })).toBe(4 + 5);
  });

  // Measured on AWS to the byte, either side of the limit of 400 KB (nubo-db/dynamodb-conformance).
  test.each([
    ['0', 1],
    ['-0', 1],
    ['1', 2],
    ['12', 2],
    ['123', 3],
    ['1234', 3],
    ['0042', 2],
    ['100', 2],
    ['1010', 3],
    ['100.5', 4],
    ['1.5', 3],
    ['15', 2],
    ['1.200', 3],
    ['3.14159', 5],
    ['0.15', 2],
    ['0.0000001', 2],
    ['1E125', 2],
    ['1E-100', 2],
    ['-42', 3],
    ['12345678901234567890123456789012345678', 20],
  ])('the number %s takes %i bytes', (number, bytes) => {
    expect(valueBytes({ N: number })).toBe(bytes);
  });

  test('a binary value counts its raw bytes, not its base64', () => {
    expect(valueBytes({ B: Buffer.alloc(10).toString('base64') })).toBe(10);
  });

  test('a Boolean and a null take one byte', () => {
    expect([valueBytes({ BOOL: false }), valueBytes({ NULL: true })]).toEqual([1, 1]);
  });

  test('a list or map takes three bytes when it is empty, and one more for each member', () => {
    expect([valueBytes({ L: [] }), valueBytes({ M: {} })]).toEqual([3, 3]);
    expect(valueBytes({ L: [{ S: 'ab' }, { S: 'c' }] })).toBe(3 + 1 + 2 + 1 + 1);
    expect(valueBytes({ M: { bc: { S: 'd' }, e: { M: {} } } })).toBe(3 + (1 + 2 + 1) + (1 + 1 + 3));
  });

  test('a set takes what its elements take', () => {
    expect(valueBytes({ SS: ['ab', 'c'] })).toBe(3);
    expect(valueBytes({ NS: ['1', '100'] })).toBe(4);
    expect(valueBytes({ BS: [Buffer.alloc(3).toString('base64')] })).toBe(3);
  });
});
