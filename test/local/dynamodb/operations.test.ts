import { describe, expect, test } from '@jest/globals';
import { accessOf, writtenTables } from '../../../local/dynamodb/operations.ts';
import type { Call, JsonObject } from '../../../local/kernel/service.ts';

const place = { region: 'eu-central-1', accountId: '000000000000' };
const arn = (name: string) => `arn:aws:dynamodb:eu-central-1:000000000000:table/${name}`;
const call = (operation: string, input: JsonObject): Call => ({ operation, input, caller: { kind: 'operator' } });
const rights = (operation: string, input: JsonObject) =>
  accessOf(place, call(operation, input)).map(({ action, resource }) => `${action} ${resource}`);

describe('the rights of a call', () => {
  test.each(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'])(
    'of %s are its own action on the table',
    (operation) => {
      expect(rights(operation, { TableName: 'A' })).toEqual([`dynamodb:${operation} ${arn('A')}`]);
    },
  );
  test('of a query on an index are on that index, also when the table is named by its ARN', () => {
    const expected = [`dynamodb:Query ${arn('A')}/index/byOwner`];
    expect(rights('Query', { TableName: 'A', IndexName: 'byOwner' })).toEqual(expected);
    expect(rights('Query', { TableName: arn('A'), IndexName: 'byOwner' })).toEqual(expected);
  });
  test('of a transaction are those of its single operations, each on its table', () => {
    const TransactItems = [
      { Put: { TableName: 'A' } },
      { Put: { TableName: 'A' } },
      { Update: { TableName: 'A' } },
      { Delete: { TableName: 'B' } },
      { ConditionCheck: { TableName: 'C' } },
    ];
    expect(rights('TransactWriteItems', { TransactItems })).toEqual([
      `dynamodb:PutItem ${arn('A')}`,
      `dynamodb:UpdateItem ${arn('A')}`,
      `dynamodb:DeleteItem ${arn('B')}`,
      `dynamodb:ConditionCheckItem ${arn('C')}`,
    ]);
    expect(rights('TransactGetItems', { TransactItems: [{ Get: { TableName: 'A' } }] })).toEqual([
      `dynamodb:GetItem ${arn('A')}`,
    ]);
  });
  test('of a batch are its action on each table', () => {
    expect(rights('BatchWriteItem', { RequestItems: { A: [], B: [] } })).toEqual([
      `dynamodb:BatchWriteItem ${arn('A')}`,
      `dynamodb:BatchWriteItem ${arn('B')}`,
    ]);
  });
  test('of a stream are on the stream, which an iterator names', () => {
    const stream = `${arn('A')}/stream/2026-01-01T00:00:00.000`;
    expect(rights('GetShardIterator', { StreamArn: stream })).toEqual([`dynamodb:GetShardIterator ${stream}`]);
    expect(rights('GetRecords', { ShardIterator: `${stream}|1|abc` })).toEqual([`dynamodb:GetRecords ${stream}`]);
    expect(rights('ListStreams', {})).toEqual(['dynamodb:ListStreams *']);
  });
});

describe('the tables that a call may change', () => {
  test('are those that it names, and none for a reading call', () => {
    expect(writtenTables(call('GetItem', { TableName: 'A' }))).toEqual([]);
    expect(writtenTables(call('PutItem', { TableName: 'A' }))).toEqual(['A']);
    expect(writtenTables(call('BatchWriteItem', { RequestItems: { A: [], B: [] } }))).toEqual(['A', 'B']);
    const TransactItems = [{ Put: { TableName: 'A' } }, { Update: { TableName: 'B' } }];
    expect(writtenTables(call('TransactWriteItems', { TransactItems }))).toEqual(['A', 'B']);
  });
});
