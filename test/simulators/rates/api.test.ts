import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningSimulator } from '../run-simulator.ts';
import { runSimulator } from '../run-simulator.ts';

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await runSimulator('rates');
});
afterAll(() => simulator.dispose());

const download = async () => {
  const answer = await fetch(`${simulator.url}/stats/eurofxref/eurofxref-daily.xml`, {
    headers: { connection: 'close' },
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

describe('the rate source', () => {
  test('publishes a file of the last working day', async () => {
    const { status, type, text } = await download();
    expect([status, type]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(text).toMatch(/<Cube time='\d{4}-\d\d-\d\d'>\n\t\t\t<Cube currency='USD' rate='1\.\d+'\/>/u);
  });

  test('follows the clock, and keeps it over a restart', async () => {
    const before = (await download()).text;
    await simulator.post('/clock', { offsetMilliseconds: 7 * 86_400_000 });
    const after = (await download()).text;
    expect(after).not.toBe(before);
    await simulator.kill();
    await simulator.start();
    expect((await download()).text).toBe(after);
  });

  test('publishes what it is given until it is told to stop, over a restart too', async () => {
    const usual = (await download()).text;
    expect(await simulator.post('/file', { content: '<broken' })).toMatchObject({ status: 204 });
    await simulator.kill();
    await simulator.start();
    expect((await download()).text).toBe('<broken');
    await simulator.post('/file', { content: null });
    expect((await download()).text).toBe(usual);
  });

  test('breaks as it is told', async () => {
    await simulator.post('/faults', { operation: 'download', kind: 'error' });
    expect(await download()).toMatchObject({ status: 500, text: '{"error":"internal error"}' });
    await simulator.clearFaults();
    await simulator.post('/faults', { operation: 'download', kind: 'drop_before' });
    await expect(download()).rejects.toThrow();
    await simulator.clearFaults();
    expect((await download()).status).toBe(200);
  });

  test('knows no other path', async () => {
    expect(await simulator.get('/')).toMatchObject({ status: 404 });
  });
});
