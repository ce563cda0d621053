import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { Script, constants } from 'node:vm';

/** How long after its import a bundle's compiled code is kept, so that what its first invocation compiled is in it. */
const storeDelayMilliseconds = 2_000;

/**
 * Compiles a file's text to a script, with V8's compiled code of an earlier run when the folder has it. Node's own
 * compile cache serves only files that its loader wraps; ours hands in more names than that.
 *
 * Entries are named by text, of which V8 itself compares little more than its length, and by what the file is in whatever
 * folder it lies: of that, an older one is removed.
 */
export function compile(text: string, filename: string, name: string, cacheDirectory: string): Script {
  const file = join(cacheDirectory, `${hash(name)}-${hash(text)}.v8`);
  const cachedData = readCache(file);
  const script = new Script(text, {
    filename,
    ...(cachedData && { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (!cachedData || script.cachedDataRejected)
    setTimeout(() => storeCache(file, cacheDirectory, script), storeDelayMilliseconds).unref();
  return script;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function readCache(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Written beside and renamed, since a kill in between must not leave half a file. Without a cache all works too. */
function storeCache(file: string, directory: string, script: Script): void {
  try {
    mkdirSync(directory, { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, file);
    removeOlder(file, directory);
  } catch {
    // A full or read-only disk costs the next start some time, nothing else.
  }
}

/** What the same file was compiled to when its text was another: every build would leave megabytes behind. */
function removeOlder(file: string, directory: string): void {
  const [prefix = ''] = basename(file).split('-');
  const older = readdirSync(directory).filter((name) => name.startsWith(`${prefix}-`) && name !== basename(file));
  for (const name of older) rmSync(join(directory, name), { force: true });
}
