import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectPath } from '../../lib/house/root.ts';
import { givenAssembly } from '../lib/assembly.ts';

interface Manifest {
  readonly artifacts: Record<
    string,
    { type: string; properties?: { terminationProtection?: boolean }; dependencies?: string[] }
  >;
}

async function stacksOf(stage: string) {
  const { folder } = await givenAssembly(stage);
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  return Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
}

describe('the app', () => {
  test.each(['local', 'prod'])('has a data stack and a platform stack that follows it in stage %s', async (stage) => {
    const stacks = await stacksOf(stage);
    expect(stacks.map(([name]) => name)).toEqual([`Quittance-${stage}-Data`, `Quittance-${stage}-Platform`]);
    expect(stacks[1]?.[1].dependencies).toContain(`Quittance-${stage}-Data`);
  });

  test('protects production from being deleted', async () => {
    for (const [, { properties }] of await stacksOf('prod'))
      expect(properties).toMatchObject({ terminationProtection: true });
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
