import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectPath } from '../../lib/house/root.ts';
import { givenAssembly } from '../lib/assembly.ts';
import { owned, synthesizeProduction } from '../lib/production.ts';

interface Manifest {
  readonly artifacts: Record<
    string,
    { type: string; properties?: { terminationProtection?: boolean }; dependencies?: string[] }
  >;
}

function stacksIn(manifest: string) {
  const { artifacts } = JSON.parse(manifest) as Manifest;
  return Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
}

describe('the app', () => {
  test('has a data stack, and stacks that work on it and follow it', async () => {
    const { folder } = await givenAssembly('local');
    const stacks = stacksIn(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    expect(stacks.map(([name]) => name)).toEqual([
      'Quittance-local-Data',
      'Quittance-local-Fraud',
      'Quittance-local-Platform',
      'Quittance-local-Upkeep',
    ]);
    for (const [, { dependencies }] of stacks.slice(1)) expect(dependencies).toContain('Quittance-local-Data');
  });

  test('has no findings in production, and protects it from being deleted', async () => {
    const { status, stderr, manifest = '{}' } = await synthesizeProduction(owned);
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    const stacks = stacksIn(manifest);
    expect(stacks.map(([name]) => name)).toEqual([
      'Quittance-prod-Data',
      'Quittance-prod-Fraud',
      'Quittance-prod-Platform',
      'Quittance-prod-Upkeep',
    ]);
    for (const [, { properties }] of stacks) expect(properties).toMatchObject({ terminationProtection: true });
  });

  test('says what production lacks before its owner has put it in', async () => {
    const { status, stderr } = await synthesizeProduction({});
    expect(status).toBe(1);
    expect(stderr).toContain('Stage "prod" of cdk.json is not valid');
    expect(stderr).toContain('at acquirerUrl');
    expect(stderr).toContain('at alarmEmail');
  });

  test('says which stages there are when it is asked for another', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.ts', '--stage', 'nowhere'], {
      cwd: projectPath('.'),
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('There is no stage "nowhere": choose -c stage=<one of local, dev, prod> (cdk.json).');
  });
});
