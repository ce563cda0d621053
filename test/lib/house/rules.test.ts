import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { givenAssembly } from '../assembly.ts';
import { synthesizeWith } from './planted-finding.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-planted-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the synthesis', () => {
  test('succeeds without a finding', () => {
    expect(() => synthesizeWith('nothing', folder)).not.toThrow();
  });

  test.each([
    ['cdk-nag', 'AwsSolutions-SQS4'],
    ['the house', 'Quittance::table-kept'],
    ['CloudFormation', 'RetentionInDays'],
  ] as const)('fails on a finding of %s and names it', (finding, name) => {
    expect(() => synthesizeWith(finding, folder)).toThrow(name);
  });

  test.each(['local', 'dev'])('of stage %s has no findings', async (stage) => {
    const assembly = await givenAssembly(stage);
    const report = JSON.parse(readFileSync(join(assembly.folder, 'validation-report.json'), 'utf8')) as {
      pluginReports: { pluginName: string; conclusion?: string; violations: unknown[] }[];
    };
    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });
});
