import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { buildFolder, projectFolder } from './inputs.ts';
import { sayDuration } from '../say.ts';

/** A folder for each function, which is its deployment package: index.js and the package.json that says its format. */
export const bundlesFolder = join(buildFolder, 'functions');
const sourceMapsFolder = join(buildFolder, 'source-maps');
const hashFile = join(bundlesFolder, 'inputs.sha256');

/** Without it a bundle below this project, whose own package.json says `module`, would be read as an ES module. */
const packageJson = '{"type":"commonjs"}\n';

/** How every function is bundled. The SDK is bundled too: what was tested is what runs. */
export const bundleOptions = {
  absWorkingDir: projectFolder,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // Names stay: stack traces and error names are read by people and by workflows.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The inputs' hash that the present bundles were made from, or undefined when there are none. */
export function bundlesHash(): string | undefined {
  try {
    return readFileSync(hashFile, 'utf8');
  } catch {
    return undefined;
  }
}

/** Bundles every handler below lambdas/ in one run and puts all bundles in place at once. The caller holds the lock. */
export async function bundle(inputsHash: string): Promise<void> {
  const entries = findEntries();
  await sayDuration(`Bundled ${entries.length} functions`, async () => {
    const { build } = await import('esbuild');
    const folder = join(buildFolder, 'functions.new');
    rmSync(folder, { recursive: true, force: true });
    const { outputFiles } = await build({
      ...bundleOptions,
      entryPoints: entries,
      outdir: folder,
      sourcemap: 'external',
      // The sources lie beside their maps; to copy them into each map takes a third of the whole time.
      sourcesContent: false,
      write: false,
    });
    for (const { path, contents } of outputFiles) {
      const target = path.endsWith('.map') ? join(sourceMapsFolder, relative(folder, path)) : path;
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, contents);
    }
    for (const { out } of entries) writeFileSync(join(folder, dirname(out), 'package.json'), packageJson);
    writeFileSync(join(folder, basename(hashFile)), inputsHash);
    replaceFolder(bundlesFolder, folder);
  });
}

/** The handlers, each with the name of its bundle; two of the same name cannot be, for a name is a function's id. */
function findEntries(): { in: string; out: string }[] {
  const handlers = globSync('lambdas/*/*.{api,task,stream,event,schedule,queue,socket}.ts', {
    cwd: projectFolder,
  }).toSorted();
  const entries = new Map<string, string>();
  for (const handler of handlers) {
    const verbNoun = basename(handler).replace(/\.\w+\.ts$/u, '');
    const other = entries.get(verbNoun);
    if (other !== undefined) throw new Error(`${handler} and ${other} have the same verb-noun.`);
    entries.set(verbNoun, handler);
  }
  return Array.from(entries, ([verbNoun, handler]) => ({ in: handler, out: `${verbNoun}/index` }));
}

/** Puts a finished folder in the place of another; nobody ever sees half of one. */
function replaceFolder(target: string, replacement: string): void {
  const old = `${target}.old`;
  rmSync(old, { recursive: true, force: true });
  try {
    renameSync(target, old);
  } catch {
    // The first build replaces nothing.
  }
  renameSync(replacement, target);
  rmSync(old, { recursive: true, force: true });
}
