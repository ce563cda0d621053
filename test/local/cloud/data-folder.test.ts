import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { DataFolderError, openDataFolder } from '../../../local/cloud/data-folder.ts';
import { temporaryFolder } from '../assembly/synthesize.ts';

const holders: ChildProcess[] = [];
afterEach(() => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL');
});

/** Another process that holds the folder until it is killed. */
async function givenHolder(dataDir: string) {
  const module = resolve(import.meta.dirname, '../../../local/cloud/data-folder.ts');
  const code = `const { openDataFolder } = await import(${JSON.stringify(module)});
    openDataFolder(${JSON.stringify(dataDir)}); console.log('holding'); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  holders.push(child);
  await once(child.stdout, 'data');
  return {
    pid: child.pid,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

test('a folder that a live process holds is refused with the process’s id; a killed one’s is taken over', async () => {
  const dataDir = temporaryFolder();
  const holder = await givenHolder(dataDir);
  expect(() => openDataFolder(dataDir)).toThrow(DataFolderError);
  expect(() => openDataFolder(dataDir)).toThrow(`in use by process ${holder.pid}`);
  await holder.kill();
  openDataFolder(dataDir).close();
});

test('a folder is given back when it is closed, and refused within the same process until then', () => {
  const dataDir = temporaryFolder();
  const first = openDataFolder(dataDir);
  expect(() => openDataFolder(dataDir)).toThrow(DataFolderError);
  first.close();
  openDataFolder(dataDir).close();
});

test('a path that cannot be a folder is told', () => {
  expect(() => openDataFolder('/dev/null/folder')).toThrow('The data folder /dev/null/folder cannot be used');
});
