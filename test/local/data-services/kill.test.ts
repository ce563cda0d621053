import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { createEventBus } from '../../../local/event-bus/event-bus.ts';
import type { JsonObject } from '../../../local/kernel/service.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import { eventually, givenCloud, givenLambda, temporaryFolder } from './harness.ts';
import { victimResources } from './victim-resources.ts';

const operator = { kind: 'operator' } as const;

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Lets a process write until it was told of `count` acknowledgements, and kills it. Answers what was acknowledged. */
async function killedAfter(count: number, kind: string, dataDir: string, round: number): Promise<readonly string[]> {
  const script = join(import.meta.dirname, 'victim.ts');
  const child = spawn(process.execPath, [script, kind, dataDir, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const lines = () => output.split('\n').slice(0, -1);
  await eventually(
    () => lines().length >= count || child.exitCode !== null,
    `${String(count)} writes are acknowledged`,
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(lines().length).toBeGreaterThanOrEqual(count);
  return lines();
}

function givenSuccessor(dataDir: string) {
  const cloud = givenCloud(victimResources, dataDir);
  closers.push(() => cloud.close());
  return cloud;
}

describe('kill -9 under load loses nothing that was acknowledged', () => {
  test('by the queue', async () => {
    const dataDir = temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) acknowledged.push(...(await killedAfter(150, 'queue', dataDir, round)));

    const queues = createQueueService(givenSuccessor(dataDir).options);
    const found: string[] = [];
    for (let more = true; more;) {
      const input = { QueueUrl: 'https://sqs/0/Stack-Inbox', MaxNumberOfMessages: 10 };
      const { Messages = [] } = await queues.handle({ operation: 'ReceiveMessage', input, caller: operator });
      const bodies = (Messages as unknown as { Body: string }[]).map(({ Body }) => Body);
      found.push(...bodies);
      more = bodies.length > 0;
    }
    expect(missing(acknowledged, found)).toEqual([]);
  });

  test('by the event bus', async () => {
    const dataDir = temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) acknowledged.push(...(await killedAfter(150, 'bus', dataDir, round)));

    const cloud = givenSuccessor(dataDir);
    const bus = createEventBus(cloud.options);
    const found: string[] = [];
    cloud.add(bus);
    cloud.add(givenLambda(({ detail }) => void found.push((detail as { name: string }).name)));
    bus.start();
    await cloud.settled();
    expect(missing(acknowledged, found)).toEqual([]);
  });

  test('by DynamoDB, whose transactions are whole or not at all, and whose server does not outlive the process', async () => {
    const dataDir = temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) acknowledged.push(...(await killedAfter(100, 'dynamodb', dataDir, round)));
    const pid = Number(readFileSync(join(dataDir, 'dynamodb', 'server.pid'), 'utf8'));
    await eventually(() => !existsSync(`/proc/${String(pid)}`), 'the server has ended');

    const cloud = givenSuccessor(dataDir);
    const dynamoDb = await createDynamoDbService(cloud.options);
    cloud.add(dynamoDb);
    const found = new Map<string, number>();
    let ExclusiveStartKey: JsonObject | undefined;
    do {
      const input = { TableName: 'Stack-Table', ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) };
      const page = await dynamoDb.handle({ operation: 'Scan', input, caller: operator });
      for (const { pk } of page['Items'] as unknown as { pk: { S: string } }[]) {
        const [name = ''] = pk.S.split(' ');
        found.set(name, (found.get(name) ?? 0) + 1);
      }
      ExclusiveStartKey = page['LastEvaluatedKey'] as JsonObject | undefined;
    } while (ExclusiveStartKey !== undefined);
    expect(missing(acknowledged, [...found.keys()])).toEqual([]);
    expect([...found.values()].every((items) => items === 2)).toBe(true);
  });
});

function missing(acknowledged: readonly string[], found: readonly string[]): readonly string[] {
  const all = new Set(found);
  return acknowledged.filter((name) => !all.has(name));
}
