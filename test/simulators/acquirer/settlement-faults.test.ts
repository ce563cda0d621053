import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  checkSettlementFile,
  parseSettlementLine,
} from '../../../adapters/acquirers/simulated/check-settlement-file.ts';
import type { RunningSimulator } from '../run-simulator.ts';
import { runSimulator } from '../run-simulator.ts';

const date = '2026-01-01';
let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await runSimulator('acquirer');
});
afterEach(() => fetch(`${simulator.url}/settlement-faults`, { method: 'DELETE' }));
afterAll(() => simulator.dispose());

const fileText = async () => (await fetch(`${simulator.url}/settlements/${date}`)).text();

/** Its lines, when it fits itself. */
async function linesOf(): Promise<readonly unknown[]> {
  const lines = (await fileText()).split('\n').slice(0, -1);
  const whole = checkSettlementFile();
  for (const line of lines) whole.take(Buffer.from(line));
  expect(whole.finish().count).toBe(lines.length - 2);
  return lines.slice(1, -1).map((line, index) => parseSettlementLine(line, index + 2));
}

describe('a file that is made wrong', () => {
  test('fits itself, and is right again once the faults are cleared', async () => {
    const stranger = {
      reference: 'stranger-0',
      operation: 'capture',
      gross: 1_000n,
      fee: 30n,
      net: 970n,
      currency: 'EUR',
    };
    const levy = { reference: 'levy-1', operation: 'levy', gross: -1_000n, fee: 30n, net: -1_030n, currency: 'EUR' };
    await simulator.post('/settlement-faults', { date, kind: 'stranger' });
    await simulator.post('/settlement-faults', { date, kind: 'levy', line: 1 });
    expect(await linesOf()).toEqual([stranger, levy]);
    await simulator.post('/settlement-faults', { date, kind: 'amount' });
    await simulator.post('/settlement-faults', { date, kind: 'fee' });
    const changed = { ...stranger, gross: 1_001n, fee: 31n };
    expect(await linesOf()).toEqual([changed, levy]);
    await simulator.post('/settlement-faults', { date, kind: 'repeat' });
    await simulator.post('/settlement-faults', { date, kind: 'drop', line: 1 });
    expect(await linesOf()).toEqual([changed, changed]);
    await fetch(`${simulator.url}/settlement-faults`, { method: 'DELETE' });
    expect(await linesOf()).toEqual([]);
  });

  test('may be cut, or late', async () => {
    await simulator.post('/settlement-faults', { date, kind: 'cut' });
    await expect(linesOf()).rejects.toThrow('settlement file, line');
    await simulator.post('/settlement-faults', { date, kind: 'late' });
    expect(await simulator.get(`/settlements/${date}`)).toMatchObject({ status: 404 });
  });

  test.each([{}, { date, kind: 'wrong' }, { date: 'today', kind: 'drop' }, { date, kind: 'drop', more: 1 }])(
    'is not made so by %j',
    async (body) => {
      expect(await simulator.post('/settlement-faults', body)).toMatchObject({ status: 400 });
    },
  );
});
