import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { TableShape } from './meter-client.ts';

/** A DynamoDB server of its own, without anything in front of it. */
export interface RawStore {
  call(operation: string, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Starts the same server as the embedded cloud's on a new file, with the tables and the index that it gives it. */
export async function openRawStore(tables: readonly TableShape[]): Promise<RawStore> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-raw-'));
  const path = join(folder, 'tables.db');
  // The first start makes the file's schema; the index on it has to be made while nobody else has the file.
  await (await startServer(path)).stop();
  const database = new DatabaseSync(path);
  database.exec('CREATE INDEX bench_stream_records ON _stream_records (table_name, CAST(sequence_number AS INTEGER))');
  database.close();
  const server = await startServer(path);
  const agent = new Agent({ keepAlive: true, scheduling: 'lifo' });
  const call = (operation: string, body: unknown) => post(agent, server.port, operation, JSON.stringify(body));
  for (const table of tables) await call('CreateTable', definitionOf(table));
  return {
    call,
    close: async () => {
      agent.destroy();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(path: string) {
  const port = await freePort();
  const binary = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
  const child = spawn(binary, ['--host', '127.0.0.1', '--port', String(port), '--db-path', path], { stdio: 'pipe' });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  await serving(child);
  return {
    port,
    stop: async () => {
      process.off('exit', endWithUs);
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Waits for the line that says it serves. */
async function serving({ stdout, stderr }: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      if (said.length < 2000) said += chunk.toString();
      if (said.includes('listening on')) resolve();
    };
    stdout?.on('data', hear);
    stderr?.on('data', hear);
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = z.object({ port: z.int() }).parse(probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}

function definitionOf({ name, keys, indexes, streamView }: TableShape) {
  const attributes = new Set([...keys, ...indexes.flatMap((index) => index.keys)]);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: schemaOf(keys),
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    ...(indexes.length === 0
      ? {}
      : {
          GlobalSecondaryIndexes: indexes.map((index) => ({
            IndexName: index.name,
            KeySchema: schemaOf(index.keys),
            Projection: { ProjectionType: index.attributes === 'all' ? 'ALL' : 'KEYS_ONLY' },
          })),
        }),
    ...(streamView === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: streamView } }),
  };
}

function schemaOf(keys: readonly string[]) {
  return keys.map((AttributeName, position) => ({ AttributeName, KeyType: position === 0 ? 'HASH' : 'RANGE' }));
}

const anySignature =
  'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=local';

function post(agent: Agent, port: number, operation: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: anySignature,
    };
    const call = request({ agent, host: '127.0.0.1', port, path: '/', method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        JSON.parse(text);
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${operation} of the raw store failed: ${text}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
