import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectPath } from '../../../lib/house/root.ts';
import { givenAssembly } from '../assembly.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-planted-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Synthesizes an app with that finding as scripts/build.ts would; answers its exit code and what it said. */
function synthesizeWith(finding: string) {
  const { NODE_ENV: _test, ...env } = process.env;
  const { status, stderr } = spawnSync(
    process.execPath,
    [projectPath('test/lib/fixtures/planted-finding.ts'), finding],
    {
      encoding: 'utf8',
      env: { ...env, CDK_OUTDIR: folder },
    },
  );
  return { status, stderr };
}

describe('the synthesis', () => {
  test('succeeds without a finding', () => {
    expect(synthesizeWith('nothing')).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['cdk-nag', 'AwsSolutions-SQS4'],
    ['the house', 'Quittance::table-kept'],
    ['CloudFormation', 'RetentionInDays'],
  ])('fails on a finding of %s and names it', (finding, name) => {
    const { status, stderr } = synthesizeWith(finding);
    expect(stderr).toContain(name);
    expect(status).not.toBe(0);
  });

  test.each(['local', 'prod'])('of stage %s has no findings', async (stage) => {
    const assembly = await givenAssembly(stage);
    const report = JSON.parse(readFileSync(join(assembly.folder, 'validation-report.json'), 'utf8')) as {
      pluginReports: { pluginName: string; conclusion?: string; violations: unknown[] }[];
    };
    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });
});
