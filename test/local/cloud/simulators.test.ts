import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulators } from '../../../local/cloud/simulators.ts';
import type { Simulators } from '../../../local/cloud/simulators.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import { openStore } from '../../../local/kernel/store.ts';
import { temporaryFolder } from '../assembly/synthesize.ts';

/** A simulator as the embedded cloud expects it, which tells what it knows and dies when told. */
const program = `
  import { createServer } from 'node:http';
  let offset = null;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url === '/die') process.kill(process.pid, 'SIGKILL');
    if (request.url === '/clock') {
      offset = JSON.parse(body).offsetMilliseconds;
      console.error('process ' + process.pid + ' has the clock');
    }
    response.end(JSON.stringify({ offset, pid: process.pid, environment: Object.keys(process.env).sort() }));
  });
  process.stdin.on('end', () => process.exit(0)).resume();
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready http://127.0.0.1:' + server.address().port));`;

let opened: AsyncDisposableStack;
let clock: Clock;
let dataDir: string;
const lines: string[] = [];
const told = new EventEmitter();
const log = (line: string) => {
  lines.push(line);
  told.emit('line');
};
beforeEach(() => {
  lines.length = 0;
  opened = new AsyncDisposableStack();
  dataDir = temporaryFolder();
  const store = openStore(join(dataDir, 'cloud.db'));
  clock = createClock({ store });
  opened.defer(() => {
    clock.close();
    store.close();
  });
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(dataDir, { recursive: true });
});

function given(text = program): Promise<Simulators> {
  const entry = join(temporaryFolder(), 'main.mjs');
  writeFileSync(entry, text);
  const options = { name: 'acquirer', entry, parameter: 'AcquirerUrl' };
  return startSimulators([options], { dataDir, apiUrl: 'http://127.0.0.1:1', clock, opened, log });
}

interface Told {
  readonly offset: number | null;
  readonly pid: number;
  readonly environment: string[];
}

async function ask(simulators: Simulators, path = '/'): Promise<Told> {
  return (await (await fetch(`${simulators.urls['acquirer'] ?? ''}${path}`)).json()) as {
    offset: number;
    pid: number;
    environment: string[];
  };
}

/** Waits until the console has a line. */
async function untilLine(isIt: (line: string) => boolean): Promise<void> {
  while (!lines.some(isIt)) await once(told, 'line');
}

test('a simulator’s URL becomes a parameter of the templates', async () => {
  const simulators = await given();
  expect(simulators.parameters).toEqual({ AcquirerUrl: simulators.urls['acquirer'] });
});

test('the clock’s shift reaches it, at start and when it is advanced', async () => {
  await clock.advance(1_000_000, () => Promise.resolve());
  const simulators = await given();
  expect((await ask(simulators)).offset).toBe(clock.offset());
  await clock.advance(1_000_000, () => simulators.clocksSet());
  expect((await ask(simulators)).offset).toBe(clock.offset());
});

test('a simulator that dies is started again on its port, with the clock', async () => {
  const simulators = await given();
  const { pid } = await ask(simulators);
  await clock.advance(5_000, () => simulators.clocksSet());
  await ask(simulators, '/die').catch(() => undefined);
  await untilLine((line) => line.endsWith('has the clock') && !line.includes(` ${pid} `));
  const again = await ask(simulators);
  expect(again.pid).not.toBe(pid);
  expect(again.offset).toBe(clock.offset());
  expect(lines.join('\n')).toContain('the simulator acquirer ended; starting it again');
});

test('it ends with the cloud, and gets nothing of its environment', async () => {
  const simulators = await given();
  const { environment } = await ask(simulators);
  expect(environment.filter((name) => !name.startsWith('__'))).toEqual(['DATA_DIR', 'PATH', 'PORT']);
  await opened.disposeAsync();
  await expect(ask(simulators)).rejects.toThrow('fetch failed');
});

test('one that does not get ready is told by name', async () => {
  await expect(given('process.exit(3);')).rejects.toThrow('The simulator acquirer ended with 3 before it was ready.');
});
