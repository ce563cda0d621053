import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { buildFolder, projectFolder } from './inputs.ts';
import { say } from '../say.ts';

const assembliesFolder = join(buildFolder, 'assemblies');

/** How long an assembly is kept after its last use: a process that was started from it may load its functions late. */
const keptDays = 7;

/** How many are kept at most: each takes as much room as all bundles together, some 15 MB. */
const keptAssemblies = 20;

/** The folder of the assembly that these inputs make; there is one for each hash, so that none is changed under its user. */
export function assemblyFolder(stage: string, inputsHash: string): string {
  return join(assembliesFolder, `${stage}-${inputsHash}`);
}

/**
 * Synthesizes a stage into `folder`, all or nothing, in a process of its own. Throws when the synthesis fails, be it by
 * a finding of the rule packs, after it has said why. The caller holds the lock.
 */
export function synthesize(stage: string, folder: string): void {
  const start = performance.now();
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const { status, error } = spawnSync(process.execPath, ['bin/quittance.ts'], {
    cwd: projectFolder,
    // CDK's own output goes to stderr: the last line of stdout is ours.
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      CDK_OUTDIR: unfinished,
      CDK_CONTEXT_JSON: JSON.stringify({ ...readContext(), stage }),
      NODE_COMPILE_CACHE: join(buildFolder, 'compile-cache'),
    },
  });
  if (error) throw error;
  if (status !== 0) {
    say(`The synthesis of stage "${stage}" failed.`);
    process.exit(1);
  }
  renameSync(unfinished, folder);
  say(`Synthesized stage ${stage} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/**
 * Removes what failed syntheses left, and assemblies that nobody has used for a week or that many newer ones have
 * followed; never the one just made. The caller holds the lock.
 */
export function removeOldAssemblies(used: string): void {
  const oldest = Date.now() - keptDays * 86_400_000;
  const folders = readdirSync(assembliesFolder)
    .map((name) => join(assembliesFolder, name))
    .filter((folder) => folder !== used)
    .map((folder) => ({ folder, usedAt: statSync(folder).mtimeMs }))
    .toSorted((a, b) => b.usedAt - a.usedAt);
  for (const [index, { folder, usedAt }] of folders.entries()) {
    const isKept = index < keptAssemblies && usedAt >= oldest && !folder.endsWith('.new');
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

/** The context of cdk.json, which the CDK's command line would hand over. */
function readContext(): Readonly<Record<string, unknown>> {
  const configuration = z.object({ context: z.record(z.string(), z.unknown()) });
  return configuration.parse(JSON.parse(readFileSync(join(projectFolder, 'cdk.json'), 'utf8'))).context;
}
