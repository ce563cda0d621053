import { existsSync, utimesSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { assemblyFolder, removeOldAssemblies, synthesize } from './build/assembly.ts';
import { bundle, bundlesFolder, bundlesHash } from './build/bundles.ts';
import { buildFolder, hashOf } from './build/inputs.ts';
import { withLock } from './build/lock.ts';
import { say } from './say.ts';

/**
 * `node scripts/build.ts [--stage local] [--bundles-only] [--measure]`: bundles all functions, synthesizes the stage, and
 * prints the folder of the cloud assembly (or of the bundles) as the last line of its output; progress goes to stderr.
 * What is built already for the same inputs is not built again. `--measure` adds a table of sizes and import times.
 */
const { values: options } = parseArgs({
  options: {
    stage: { type: 'string', default: 'local' },
    'bundles-only': { type: 'boolean', default: false },
    measure: { type: 'boolean', default: false },
  },
});

const inputs = hashOf('functions');
const assembly = assemblyFolder(options.stage, hashOf('assembly'));

if (!isBuilt()) await withLock(build);
if (options.measure) await measure();
console.log(options['bundles-only'] ? bundlesFolder : assembly);

function isBuilt(): boolean {
  if (options['bundles-only']) return bundlesHash() === inputs;
  if (!existsSync(assembly)) return false;
  // An assembly that is used stays: removeOldAssemblies goes by this time.
  utimesSync(assembly, new Date(), new Date());
  return true;
}

async function build(): Promise<void> {
  // Whoever held the lock before may have built just this.
  if (isBuilt()) return;
  if (bundlesHash() !== inputs) await bundle(inputs);
  if (options['bundles-only']) return;
  synthesize(options.stage, assembly);
  removeOldAssemblies(assembly);
}

async function measure(): Promise<void> {
  const { measureBundles } = await import('./build/measure.ts');
  if (bundlesHash() !== inputs) await withLock(async () => bundle(inputs));
  say(`Measuring the bundles of ${buildFolder} ...`);
  console.log(await measureBundles(options['bundles-only'] ? undefined : assembly));
}
