import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { prepareStreamRecords, trimStreamRecords } from '../../../local/dynamodb/stream-records.ts';
import { givenCloud, resource, temporaryFolder } from '../data-services/harness.ts';

const operator = { kind: 'operator' } as const;
const table = resource('AWS::DynamoDB::Table', 'Table', {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
});

const closers: (() => Promise<void> | void)[] = [];
afterEach(closeAll);
async function closeAll() {
  for (const close of closers.splice(0).reverse()) await close();
}

async function givenService(dataDir: string) {
  const cloud = givenCloud([table], dataDir);
  const service = await createDynamoDbService(cloud.options);
  cloud.add(service);
  closers.push(() => cloud.close());
  const put = (pk: string) =>
    service.handle({
      operation: 'PutItem',
      input: { TableName: 'Stack-Table', Item: { pk: { S: pk } } },
      caller: operator,
    });
  return { cloud, service, put };
}

/** Looks into the file of a server that has stopped. */
function inFile<T>(dataDir: string, look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(dataDir, 'dynamodb', 'tables.db'));
  try {
    return look(database);
  } finally {
    database.close();
  }
}

const sequences = (database: DatabaseSync) =>
  database
    .prepare('SELECT sequence_number AS number FROM _stream_records ORDER BY id')
    .all()
    .map(({ number }) => number);
const path = (dataDir: string) => join(dataDir, 'dynamodb', 'tables.db');
const tomorrow = () => Date.now() + 25 * 3_600_000;

describe('the file of the server', () => {
  test('has the index that keeps writes to a table with a stream cheap', async () => {
    const dataDir = temporaryFolder();
    await givenService(dataDir);
    await closeAll();
    const plan = inFile(dataDir, (database) =>
      database
        .prepare(
          `EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = 'x'`,
        )
        .all(),
    );
    expect(JSON.stringify(plan)).toContain('quittance_stream_records');
    expect(prepareStreamRecords(join(temporaryFolder(), 'new.db'))).toBe(false);
  });

  test('loses records older than a day, but never the newest of a table, from which numbers go on', async () => {
    const dataDir = temporaryFolder();
    const first = await givenService(dataDir);
    for (const key of ['a', 'b', 'c']) await first.put(key);
    await closeAll();
    trimStreamRecords(path(dataDir), Date.now(), () => undefined);
    expect(inFile(dataDir, sequences)).toEqual(['1', '2', '3']);
    trimStreamRecords(path(dataDir), tomorrow(), () => undefined);
    expect(inFile(dataDir, sequences)).toEqual(['3']);

    const second = await givenService(dataDir);
    await second.put('d');
    await closeAll();
    expect(inFile(dataDir, sequences)).toEqual(['3', '4']);
  });

  test('keeps what a consumer has not read, however old', async () => {
    const dataDir = temporaryFolder();
    const { put } = await givenService(dataDir);
    for (const key of ['a', 'b', 'c', 'd']) await put(key);
    await closeAll();
    trimStreamRecords(path(dataDir), tomorrow(), (name) => (name === 'Stack-Table' ? 2 : undefined));
    expect(inFile(dataDir, sequences)).toEqual(['3', '4']);
  });
});
