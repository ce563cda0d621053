import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { temporaryFolder } from './assembly/synthesize.ts';

const root = resolve(import.meta.dirname, '../..');
/** The first one may have to build everything. */
const longestStartMilliseconds = 240_000;

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Runs the command behind `npm start`. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ['local/main.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  children.push(child);
  const said = { out: [] as string[], err: '' };
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ready = new Promise<string>((found) => {
    createInterface(child.stdout).on('line', (line) => {
      said.out.push(line);
      if (line.startsWith('ready ')) found(line.slice('ready '.length));
    });
  });
  const ended = once(child, 'close').then(() => child.exitCode);
  return { child, said, ready: Promise.race([ready, ended.then(() => Promise.reject(new Error(said.err)))]), ended };
}

/** Waits for the end of a start that is to fail. */
async function startAndFail(env: Record<string, string>) {
  const { ready, ended, said } = start(env);
  await expect(ready).rejects.toThrow();
  return { code: await ended, out: said.out, message: said.err };
}

test.each(['eight', '65536', '-1', '80.5'])('the port %j is refused', async (port) => {
  const { code, message } = await startAndFail({ PORT: port });
  expect(code).toBe(1);
  expect(message).toBe(`Cannot start: PORT is "${port}", but has to be a number from 0 (a free port) to 65535.\n`);
});

test(
  'it serves, tells it in one line, keeps its folder to itself, and ends when told',
  async () => {
    const dataDir = temporaryFolder();
    const first = start({ PORT: '0', QUITTANCE_DATA_DIR: dataDir });
    const baseUrl = await first.ready;
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect((await fetch(`${baseUrl}/openapi.json`)).status).toBe(200);
    expect((await fetch(`${baseUrl}/v1/payments`)).status).toBe(401);

    const second = await startAndFail({ PORT: '0', QUITTANCE_DATA_DIR: dataDir });
    expect(second).toMatchObject({
      code: 1,
      out: [],
      message: expect.stringMatching(
        new RegExp(`^Cannot start: The data folder .+ is in use by process ${first.child.pid ?? ''}`, 'mu'),
      ),
    });

    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.said.out).toEqual([`ready ${baseUrl}`]);
    await expect(fetch(baseUrl)).rejects.toThrow();
  },
  longestStartMilliseconds,
);

test(
  'a port in use is told',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, message } = await startAndFail({ PORT: String(port), QUITTANCE_DATA_DIR: temporaryFolder() });
    server.close();
    expect(code).toBe(1);
    expect(message).toContain('Cannot start: the port is in use; set PORT to another one, or to 0.');
  },
  longestStartMilliseconds,
);

test(
  'killed, its simulators end with it, and it starts again on the same folder',
  async () => {
    const dataDir = temporaryFolder();
    const killed = start({ PORT: '0', QUITTANCE_DATA_DIR: dataDir });
    const { acquirerUrl } = (await (await fetch(`${await killed.ready}/_local/outputs`)).json()) as {
      acquirerUrl: string;
    };
    killed.child.kill('SIGKILL');
    await killed.ended;
    const again = start({ PORT: '0', QUITTANCE_DATA_DIR: dataDir });
    await again.ready;
    await expect(fetch(acquirerUrl)).rejects.toThrow();
    again.child.kill('SIGINT');
    expect(await again.ended).toBe(0);
  },
  longestStartMilliseconds,
);
