import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '../../lib/house/root.ts';
import { givenAssembly } from './assembly.ts';

/** What the owner of stage prod has to put into cdk.json before it can be synthesized. */
export const owned = {
  acquirerUrl: 'https://acquirer.example',
  acquirerNotificationKeys: `whpk_${Buffer.alloc(32, 7).toString('base64')}`,
  alarmEmail: 'oncall@example.org',
};

/**
 * Runs the app for stage prod with these settings besides, and hands over the files that it makes. As with the CDK's
 * command line, the status is 0 only when the synthesis has no finding.
 */
export async function synthesizeProduction(settings: object) {
  // It bundles the functions, which are the same in every stage.
  await givenAssembly('local');
  const folder = mkdtempSync(join(tmpdir(), 'quittance-prod-'));
  const { context } = JSON.parse(readFileSync(projectPath('cdk.json'), 'utf8')) as {
    context: { stages: Record<string, object> };
  };
  const stages = { ...context.stages, prod: { ...context.stages['prod'], ...settings } };
  try {
    const { status, stderr } = spawnSync(process.execPath, ['bin/quittance.ts'], {
      cwd: projectPath('.'),
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_OUTDIR: folder,
        CDK_CONTEXT_JSON: JSON.stringify({ ...context, stages, stage: 'prod' }),
      },
    });
    const manifest = status === 0 ? readFileSync(join(folder, 'manifest.json'), 'utf8') : undefined;
    return { status, stderr, manifest };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
