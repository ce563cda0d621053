import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { eventually, givenCloud, temporaryFolder } from '../data-services/harness.ts';
import { victimResources } from '../data-services/victim-resources.ts';

const operator = { kind: 'operator' } as const;

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function givenService(dataDir: string) {
  const cloud = givenCloud(victimResources, dataDir);
  const service = await createDynamoDbService(cloud.options);
  cloud.add(service);
  closers.push(() => cloud.close());
  const call = (operation: string, input: object) =>
    service.handle({ operation, input: { TableName: 'Stack-Table', ...input }, caller: operator });
  return {
    cloud,
    put: (pk: string) => call('PutItem', { Item: { pk: { S: pk } } }),
    count: async () => (await call('Scan', { Select: 'COUNT' }))['Count'],
  };
}

/** A process whose id stands where a killed run would have left that of its server. */
function givenProcess(dataDir: string, program: string, parameters: readonly string[]) {
  const folder = join(dataDir, 'dynamodb');
  mkdirSync(folder, { recursive: true });
  const child = spawn(program, parameters, { stdio: 'ignore' });
  writeFileSync(join(folder, 'server.pid'), String(child.pid));
  closers.push(() => void child.kill('SIGKILL'));
  return child;
}

describe('the server', () => {
  test('that dies is started again, and calls go on with all that was acknowledged', async () => {
    const dataDir = temporaryFolder();
    const { cloud, put, count } = await givenService(dataDir);
    await put('before');
    process.kill(Number(readFileSync(join(dataDir, 'dynamodb', 'server.pid'), 'utf8')), 'SIGKILL');
    await eventually(() => cloud.lines.some((line) => line.includes('died')), 'its death is noticed');
    await put('after');
    expect(await count()).toBe(2);
  });

  test('that a killed run left behind is ended before a new one starts', async () => {
    const dataDir = temporaryFolder();
    const binary = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
    const databasePath = join(dataDir, 'dynamodb', 'tables.db');
    const leftOver = givenProcess(dataDir, binary, ['--port', '0', '--db-path', databasePath]);
    const { put, count } = await givenService(dataDir);
    await eventually(() => leftOver.signalCode === 'SIGKILL', 'the old server has ended');
    await put('a');
    expect(await count()).toBe(1);
  });

  test('is not mistaken for another process that has its id by now', async () => {
    const dataDir = temporaryFolder();
    const stranger = givenProcess(dataDir, process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    const { put, count } = await givenService(dataDir);
    await put('a');
    expect(await count()).toBe(1);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });
});
