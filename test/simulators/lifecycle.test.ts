import { afterEach, describe, expect, test } from '@jest/globals';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { authorization } from './bodies.ts';
import type { RunningSimulator, SimulatorName } from './run-simulator.ts';
import { runSimulator } from './run-simulator.ts';

const names: readonly SimulatorName[] = ['acquirer', 'acquirer-single-message', 'rates'];

describe.each(names)('the process of %s', (name) => {
  let simulator: RunningSimulator | undefined;
  afterEach(() => simulator?.dispose());

  test('ends when its standard input closes, and well', async () => {
    simulator = await runSimulator(name);
    expect(await simulator.closeInput()).toBe(0);
  });

  test('ends on SIGTERM, and well', async () => {
    simulator = await runSimulator(name);
    expect(await simulator.terminate()).toBe(0);
  });

  test('prints where it is ready, and nothing more', async () => {
    simulator = await runSimulator(name);
    expect(simulator.output()).toBe(`ready ${simulator.url}\n`);
  });

  test('keeps its folder and its files to their owner', async () => {
    simulator = await runSimulator(name);
    const { dataDirectory } = simulator;
    for (const file of ['.', ...readdirSync(dataDirectory)])
      expect(statSync(join(dataDirectory, file)).mode & 0o077).toBe(0);
  });
});

describe('the pace', () => {
  let simulator: RunningSimulator | undefined;
  afterEach(() => simulator?.dispose());

  test('hundreds of authorizations a second are committed one by one', async () => {
    const running = await runSimulator('acquirer');
    simulator = running;
    const started = performance.now();
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 600) {
        next += 1;
        await running.post('/authorizations', { ...authorization, reference: `pace-${next}` });
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    const seconds = (performance.now() - started) / 1_000;
    const { data } = (await running.get('/records')).body as { data: unknown[] };
    expect(data).toHaveLength(600);
    // Far below what it does alone (over 1,000 a second), because the machine runs other tests beside.
    expect(600 / seconds).toBeGreaterThan(100);
  });
});
