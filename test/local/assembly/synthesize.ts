import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  folders.push(folder);
  return folder;
}

/** Synthesizes a small app as `cdk synth` would, and answers its cloud assembly's directory. */
export function synthesize(define: (app: App) => void): string {
  const outdir = join(temporaryFolder(), 'cdk.out');
  const app = new App({
    outdir,
    analyticsReporting: false,
    context: { '@aws-cdk/core:annotationsInValidationReport': false },
  });
  define(app);
  app.synth();
  return outdir;
}

/** A folder with one file of code. */
export function givenBundle(code: string): string {
  const folder = join(temporaryFolder(), 'bundle');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.js'), code);
  return folder;
}

/** A cloud assembly of one stack `S` with the template given, for what the CDK's constructs do not write. */
export function assemblyOf(template: object): string {
  const folder = temporaryFolder();
  const artifacts = { S: { type: 'aws:cloudformation:stack', properties: { templateFile: 'S.template.json' } } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  writeFileSync(join(folder, 'S.template.json'), JSON.stringify(template));
  return folder;
}
