import { describe, expect, test } from '@jest/globals';
import { readUnits, writeUnits } from '../../../local/meter/request-units.ts';

const kilobytes = (count: number) => count * 1024;

describe('request units are those of DynamoDB’s own examples', () => {
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
  test.each([
    ['an item of 8 KB', 8, { strong: 2, eventual: 1, transactional: 4 }],
    ['an item of 3.5 KB counts as 4 KB', 3.5, { strong: 1, eventual: 0.5, transactional: 2 }],
    ['an item of 10 KB counts as 12 KB', 10, { strong: 3, eventual: 1.5, transactional: 6 }],
    ['an item that is not there', 0, { strong: 1, eventual: 0.5, transactional: 2 }],
  ])('reading %s', (_, size, expected) => {
    const bytes = kilobytes(size);
    expect({
      strong: readUnits(bytes, 'strong'),
      eventual: readUnits(bytes, 'eventual'),
      transactional: readUnits(bytes, 'transactional'),
    }).toEqual(expected);
  });

  test('BatchGetItem rounds each item: 1.5 KB and 6.5 KB read as 4 KB and 8 KB', () => {
    expect(readUnits(kilobytes(1.5), 'strong') + readUnits(kilobytes(6.5), 'strong')).toBe(3);
  });

  test('Query rounds the sum: 40.8 KB read as 44 KB', () => {
    expect(readUnits(kilobytes(40.8), 'strong')).toBe(11);
  });

  test.each([
    [0, 1],
    [1, 1],
    [kilobytes(1), 1],
    [kilobytes(1) + 1, 2],
    [512, 1],
    [kilobytes(2), 2],
    [kilobytes(3.5), 4],
  ])('writing %i bytes takes %i units', (bytes, units) => {
    expect(writeUnits(bytes)).toBe(units);
  });
});
