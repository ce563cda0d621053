import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DataFolderError } from './cloud/data-folder.ts';
import { simulatorsOf } from './simulators.ts';

/**
 * `npm start`: builds and synthesizes the local stage, runs it until it is told to end (SIGINT, SIGTERM), and prints
 * `ready <base URL>` when it serves. PORT (8787; 0 takes a free one) and QUITTANCE_DATA_DIR (.quittance) are its settings.
 */
const projectRoot = resolve(import.meta.dirname, '..');

/** What the operator can put right; told without a stack. */
class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

try {
  await main();
} catch (error) {
  console.error(`Cannot start: ${describe(error)}`);
  process.exit(1);
}

async function main(): Promise<void> {
  // Everything that is made from here on, by us or by a process of ours, is for its owner's eyes alone.
  process.umask(0o077);
  const port = readPort(process.env['PORT']);
  const dataDir = resolve(process.env['QUITTANCE_DATA_DIR'] || '.quittance');
  enableCompileCache(resolve(projectRoot, '.build/compile-cache'));
  // Imported while the build runs, and from the cache when nothing has changed: most of a start is loading code.
  const [assemblyDirectory, { startCloud }] = await Promise.all([build(), import('./cloud.ts')]);
  const cloud = await startCloud({
    assemblyDirectory,
    dataDir,
    port,
    log: say,
    simulators: simulatorsOf(projectRoot),
    compiledCodeDirectory: resolve(projectRoot, '.build/compiled-functions'),
  });
  // Until here a signal ends the process as any other: everything is made to survive that.
  const told = new Promise<void>((end) => {
    process.once('SIGINT', () => end()).once('SIGTERM', () => end());
  });
  console.log(`ready ${cloud.baseUrl}`);
  await told;
  say('ending');
  await cloud.close();
  process.exit(0);
}

function readPort(text: string | undefined): number {
  const port = text === undefined || text === '' ? 8787 : /^\d{1,5}$/u.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new ConfigurationError(`PORT is "${text ?? ''}", but has to be a number from 0 (a free port) to 65535.`);
}

/** Builds in a process of its own, for the embedded cloud knows nothing of the project; the last line tells where. */
async function build(): Promise<string> {
  const child = spawn(process.execPath, [resolve(projectRoot, 'scripts/build.ts'), '--stage', 'local'], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lastLine = '';
  createInterface(child.stdout).on('line', (line) => {
    if (lastLine !== '') say(lastLine);
    lastLine = line;
  });
  await once(child, 'close');
  if (child.exitCode === 0 && lastLine !== '') return lastLine;
  throw new ConfigurationError('The build failed; see above.');
}

/** Progress goes to standard error: on standard output stands `ready`, and nothing else. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigurationError || error instanceof DataFolderError) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE')
    return `the port is in use; set PORT to another one, or to 0. (${error.message})`;
  if ('code' in error && error.code === 'EACCES') return `the port or folder may not be used. (${error.message})`;
  return error.stack ?? error.message;
}
