import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { outlastConflicts } from '../../../adapters/dynamodb/outlast-conflicts.ts';

export interface DynamoWorld {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** All items of a table, as they lie there. */
  items(tableName: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** The native DynamoDB server, where this machine has one. */
export const dynoxide = findServer();

/** A DynamoDB server of the test's own with these tables, on a database of its own or a given one, and an SDK client. */
export async function givenDynamo(tables: readonly CreateTableCommandInput[], database?: string): Promise<DynamoWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-dynamo-'));
  const { endpoint, stop } = await startServer(database ?? join(folder, 'tables.db'));
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  outlastConflicts(client);
  for (const table of tables) await client.send(new CreateTableCommand(table));
  return {
    endpoint,
    client,
    items: async (tableName) => {
      const { Items: items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
      return items.map((item) => unmarshall(item));
    },
    close: async () => {
      client.destroy();
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A table keyed by `pk` alone. */
function table(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  };
}

/** The vault's tables as the data stack describes them. */
export const vaultTables: readonly CreateTableCommandInput[] = [
  {
    ...table('tokens'),
    AttributeDefinitions: ['pk', 'ownerId', 'createdAt'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byOwner',
        KeySchema: [
          { AttributeName: 'ownerId', KeyType: 'HASH' },
          { AttributeName: 'createdAt', KeyType: 'RANGE' },
        ],
        Projection: {
          ProjectionType: 'INCLUDE',
          NonKeyAttributes: ['brand', 'funding', 'bin', 'last4', 'expMonth', 'expYear', 'version'],
        },
      },
    ],
  },
  table('cvcs'),
  table('guards'),
];

/** The table of rates and quotes as the data stack describes it. */
export const fxTable: CreateTableCommandInput = {
  TableName: 'fx-table',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};

/** The table of settlements as the data stack describes it. */
export const settlementsTable: CreateTableCommandInput = { ...fxTable, TableName: 'settlements' };

/** The table of exceptions as the data stack describes it. */
export const exceptionsTable: CreateTableCommandInput = {
  ...table('exceptions'),
  AttributeDefinitions: ['pk', 'state', 'seenKey'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byState',
      KeySchema: [
        { AttributeName: 'state', KeyType: 'HASH' },
        { AttributeName: 'seenKey', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
};

function findServer(): string | undefined {
  try {
    const packageFile = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return join(dirname(packageFile), 'dynoxide');
  } catch {
    return undefined;
  }
}

async function startServer(databasePath: string) {
  if (dynoxide === undefined) throw new Error('There is no dynoxide for this machine.');
  const port = await freePort();
  const child = spawn(dynoxide, ['--host', '127.0.0.1', '--port', String(port), '--db-path', databasePath], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killChild = () => void child.kill('SIGKILL');
  process.once('exit', killChild);
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      if (chunk.includes('listening on')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`dynoxide ended with ${String(code)}`)));
  });
  const stop = async () => {
    process.removeListener('exit', killChild);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  return { endpoint: `http://127.0.0.1:${String(port)}`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
