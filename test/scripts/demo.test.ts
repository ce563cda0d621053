import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

test('the demo tells the whole story, and every step holds', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    'scripts/demo.ts',
  ]);
  expect(stdout).toMatch(/^Every step held/mu);
}, 120_000);
