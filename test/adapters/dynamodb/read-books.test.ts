import { expect, test } from '@jest/globals';
import { readBooks } from '../../../adapters/dynamodb/read-books.ts';

const bucketOf = (pk: string) => ({
  ...{ pk: { S: pk }, sk: { S: 'bucket#2026-11-27' }, 'EUR debit bank': { N: '1' } },
  ...{ firstSegment: { N: '1' }, lastSegment: { N: '1' } },
});

test.each(['chain# ', 'chain#', 'chain#0x1', 'chain#1.5', 'chain#-1'])(
  'a bucket under the key "%s" is of no chain, though a number could be made of it',
  (pk) => {
    const books = readBooks([bucketOf(pk)]);
    expect(books.buckets).toEqual([]);
    expect(books.unreadable.map(({ id }) => id)).toEqual([`${pk} bucket#2026-11-27`]);
  },
);

test('a bucket is of the chain that its key names', () => {
  expect(readBooks([bucketOf('chain#3')]).buckets).toMatchObject([{ chain: 3, day: '2026-11-27' }]);
});
