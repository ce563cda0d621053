import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a separator at its end. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Where everything built lies. */
export const buildFolder = join(projectFolder, '.build');

const functionInputs = [
  'adapters',
  'contracts',
  'core',
  'lambdas',
  'model/shipped-model.json',
  'package-lock.json',
  'scripts/build',
  'scripts/build.ts',
];

/** What the bundles, and what the assembly of a stage are made from. Packages count by the lock file. */
const inputs = {
  functions: functionInputs,
  // The runbook too: the synthesis fails when an alarm's heading is gone.
  assembly: [...functionInputs, 'bin', 'cdk.json', 'docs/runbook.md', 'lib', 'statemachines'],
};

/** A hash of the inputs' names and contents: 32 hexadecimal digits. */
export function hashOf(what: keyof typeof inputs): string {
  const hash = createHash('sha256').update(process.version);
  for (const path of inputs[what].flatMap(filesBelow)) {
    const content = readFileSync(join(projectFolder, path));
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

function filesBelow(path: string): readonly string[] {
  const absolute = join(projectFolder, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesBelow(join(path, entry.name)));
}
