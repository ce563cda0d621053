import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DataStack } from '../../lib/data-stack.ts';
import { FraudStack } from '../../lib/fraud-stack.ts';
import { projectPath } from '../../lib/house/root.ts';
import { PlatformStack } from '../../lib/platform-stack.ts';
import { readStage } from '../../lib/stage.ts';
import { UpkeepStack } from '../../lib/upkeep-stack.ts';
import { togetherOf, workingStacks } from './assembly.ts';
import type { Template } from './assembly.ts';

/**
 * All stacks of stage local with other settings. The bundles have to be built (`givenAssembly` sees to it); they are not
 * copied, since only the templates are looked at.
 */
export function synthesizeStage(settings: object): { readonly data: Template; readonly platform: Template } {
  const { context } = JSON.parse(readFileSync(projectPath('cdk.json'), 'utf8')) as {
    context: { stages: Record<string, object> };
  };
  const stages = { local: { ...context.stages['local'], ...settings } };
  const folder = mkdtempSync(join(tmpdir(), 'quittance-both-stacks-'));
  try {
    const app = new App({
      context: { ...context, stages, 'aws:cdk:disable-asset-staging': true },
      analyticsReporting: false,
      outdir: folder,
    });
    const stage = readStage(app.node);
    const common = { stage, env: { region: stage.region } };
    const data = new DataStack(app, 'Data', common);
    const { fraud } = new FraudStack(app, 'Fraud', { ...common, data });
    const { resolvePayment } = new PlatformStack(app, 'Platform', { ...common, data, fraud });
    new UpkeepStack(app, 'Upkeep', { ...common, data, resolvePayment });
    app.synth();
    const read = (stack: string) =>
      JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')) as Template;
    return { data: read('Data'), platform: togetherOf(workingStacks.map(read)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
