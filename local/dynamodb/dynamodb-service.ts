import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { streamLabel } from '../assembly/resource-types.ts';
import { lastReadOf } from '../event-source-mappings/checkpoints.ts';
import { AwsError } from '../kernel/aws-error.ts';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import { createDynamoDbMetering } from '../meter/dynamodb-metering.ts';
import type { DynamoDbMetering } from '../meter/dynamodb-metering.ts';
import type { AwsService, Call, Json, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { streamArn, tableArn, tableNameOf } from './arns.ts';
import { rememberClockOffsets } from './clock-offsets.ts';
import { createDynoxideProcess } from './dynoxide-process.ts';
import { createEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { createReaper } from './expiry.ts';
import { checkLimits } from './limits.ts';
import { accessOf, streamOperations, tableOperations, writtenTables } from './operations.ts';
import { prepareStreamRecords, trimStreamRecords } from './stream-records.ts';
import { createStreams } from './streams.ts';
import type { Streams } from './streams.ts';
import { openStoredItems } from './stored-items.ts';
import type { StoredItems } from './stored-items.ts';
import { readTables, reconcileTable } from './tables.ts';
import type { Table } from './tables.ts';

export interface DynamoDbService extends AwsService {
  /** Hears the name of every table that was written, after the write: its stream may have new records. */
  onWrite(listener: (tableName: string) => void): void;
  busy(): boolean;
  close(): Promise<void>;
}

/**
 * DynamoDB and DynamoDB Streams: starts the native server on the data folder's file, brings its tables to what the
 * template says, and forwards calls to it. What it acknowledges survives kill -9.
 *
 * @throws Error when there is no server for this machine, or when the template contradicts a stored table.
 */
export async function createDynamoDbService(options: ServiceOptions): Promise<DynamoDbService> {
  const endpoint = createEndpoint();
  const stopServer = await startServer(options, endpoint);
  try {
    return await serveTables(options, endpoint, stopServer);
  } catch (error) {
    endpoint.close();
    await stopServer();
    throw error;
  }
}

async function serveTables(
  options: ServiceOptions,
  endpoint: Endpoint,
  stopServer: () => Promise<void>,
): Promise<DynamoDbService> {
  const { resources, store, clock, log } = options;
  const tables = readTables(resources);
  for (const table of tables) await reconcileTable(endpoint, table);

  const stored = openStoredItems(join(serverFolder(options), databaseName));
  const metering = meterTables(options, endpoint, tables, stored);
  const listeners: ((tableName: string) => void)[] = [];
  const onDeleted = (tableName: string): void => {
    metering?.deletedPast(tableName);
    listeners.forEach((listener) => listener(tableName));
  };
  const reapers = new Map(
    tables.flatMap((table) =>
      table.expiryAttribute === undefined
        ? []
        : [[table.name, createReaper(table, table.expiryAttribute, { endpoint, clock, log, onDeleted })] as const],
    ),
  );
  const onWritten = (tableName: string): void => {
    reapers.get(tableName)?.written();
    for (const listener of listeners) listener(tableName);
  };
  const streams = createStreams(endpoint, options, rememberClockOffsets(store, clock));
  let underWay = 0;

  return {
    name: 'dynamodb',
    targets: ['DynamoDB_20120810', 'DynamoDBStreams_20120810'],
    access: (call) => accessOf(options, call),
    handle: async (call) => {
      underWay += 1;
      try {
        return await carryOut({ options, endpoint, streams, metering }, call);
      } finally {
        underWay -= 1;
        // Also after an error: a call whose answer was lost may have been carried out.
        for (const tableName of writtenTables(call)) onWritten(tableName);
      }
    },
    onWrite: (listener) => void listeners.push(listener),
    busy: () => underWay > 0 || [...reapers.values()].some((reaper) => reaper.busy()),
    close: async () => {
      for (const reaper of reapers.values()) reaper.close();
      endpoint.close();
      stored.close();
      await stopServer();
    },
  };
}

const databaseName = 'tables.db';
const pidName = 'server.pid';

function serverFolder({ dataDir }: ServiceOptions): string {
  return join(dataDir, 'dynamodb');
}

/** Has what DynamoDB would charge counted, if anybody counts. */
function meterTables(
  options: ServiceOptions,
  endpoint: Endpoint,
  tables: readonly Table[],
  stored: StoredItems,
): DynamoDbMetering | undefined {
  const { metering } = options;
  if (!metering) return undefined;
  metering.databaseProcess(() => readPid(join(serverFolder(options), pidName)));
  const readItem = async (table: Pick<Table, 'name' | 'keys'>, key: JsonObject) => {
    const item = stored.read(table, key);
    if (item !== undefined) return item ?? undefined;
    const input = { TableName: table.name, Key: key, ConsistentRead: true };
    const { Item: found } = await endpoint.send('DynamoDB_20120810', 'GetItem', input);
    return isJsonObject(found) ? found : undefined;
  };
  return createDynamoDbMetering({ tables, metering, readItem });
}

function readPid(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10);
  } catch {
    return undefined;
  }
}

/** Starts the server, or takes the one that the environment names. Answers what stops it. */
async function startServer(options: ServiceOptions, endpoint: Endpoint): Promise<() => Promise<void>> {
  const binary = findBinary();
  if (binary === undefined) {
    const named = process.env['QUITTANCE_DYNAMODB_ENDPOINT'];
    if (named === undefined || named === '') {
      throw new Error(
        `There is no native DynamoDB server for ${process.platform} ${process.arch}: install @dynoxide/linux-x64, ` +
          'or name a running DynamoDB server in QUITTANCE_DYNAMODB_ENDPOINT (http://127.0.0.1:<port>).',
      );
    }
    endpoint.serve(new URL(named));
    return () => Promise.resolve();
  }

  const folder = serverFolder(options);
  mkdirSync(folder, { recursive: true });
  const databasePath = join(folder, databaseName);
  const server = createDynoxideProcess({
    binary,
    databasePath,
    pidPath: join(folder, pidName),
    log: options.log,
    onServing: (port) => endpoint.serve(new URL(`http://127.0.0.1:${String(port)}/`)),
    onDown: () => endpoint.down(),
  });
  await server.endLeftOver();
  if (!prepareStreamRecords(databasePath)) {
    // A new file gets its schema from the server's first start.
    await server.start();
    await server.stop();
    prepareStreamRecords(databasePath);
  }
  const machineNow = options.clock.now() - options.clock.offset();
  trimStreamRecords(databasePath, machineNow, lastReadOf(options));
  await server.start();
  return () => server.stop();
}

function findBinary(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
  } catch {
    return undefined;
  }
}

interface Carrier {
  readonly options: ServiceOptions;
  readonly endpoint: Endpoint;
  readonly streams: Streams;
  readonly metering: DynamoDbMetering | undefined;
}

async function carryOut(
  { options, endpoint, streams, metering }: Carrier,
  { operation, input }: Call,
): Promise<JsonObject> {
  if (streamOperations.has(operation)) return streams.handle(operation, input);
  if (!tableOperations.has(operation)) {
    throw new AwsError('UnknownOperationException', `The embedded cloud does not serve DynamoDB's ${operation}.`);
  }
  checkLimits(operation, input);
  const { TableName } = input;
  const named = typeof TableName === 'string' && TableName.startsWith('arn:');
  const send = (sent: JsonObject) => endpoint.send('DynamoDB_20120810', operation, sent);
  const own = named ? { ...input, TableName: tableNameOf(TableName) } : input;
  const answer = await (metering?.carryOut(operation, own, send) ?? send(own));
  return operation === 'DescribeTable' ? ownDescription(options, answer) : answer;
}

/** DescribeTable with the ARNs of the template instead of the server's. */
function ownDescription(options: ServiceOptions, answer: JsonObject): JsonObject {
  const { Table: table } = answer;
  if (!isJsonObject(table) || typeof table['TableName'] !== 'string') return answer;
  const arn = tableArn(options, table['TableName']);
  const latestStream = streamArn(options, table['TableName']);
  const own: Readonly<Record<string, Json>> = {
    TableArn: arn,
    LatestStreamArn: latestStream,
    LatestStreamLabel: streamLabel,
    GlobalSecondaryIndexes: ownIndexes(arn, table['GlobalSecondaryIndexes']),
    LocalSecondaryIndexes: ownIndexes(arn, table['LocalSecondaryIndexes']),
  };
  const members = Object.entries(table).map(([member, value]) => [member, own[member] ?? value] as const);
  return { Table: Object.fromEntries(members) };
}

function ownIndexes(arn: string, indexes: Json | undefined): Json {
  if (!isJsonArray(indexes)) return [];
  return indexes.map((index) => {
    if (!isJsonObject(index) || typeof index['IndexName'] !== 'string') return index;
    return { ...index, IndexArn: `${arn}/index/${index['IndexName']}` };
  });
}
