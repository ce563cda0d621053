// Installs the project's packages when they are missing or older than the lock file. Plain JavaScript, because it
// runs before the project's own Node is there. `npm install --no-save` rather than `npm ci`: the lock file names
// optional packages of other platforms only where the registry serves them, and `npm ci` refuses such a file.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}/node_modules/.package-lock.json`;
const isFresh = () =>
  existsSync(stamp) &&
  existsSync(`${root}/node_modules/.bin/node`) &&
  statSync(stamp).mtimeMs >= statSync(`${root}/package-lock.json`).mtimeMs;

if (!isFresh()) {
  console.error('Installing packages (once, about a minute) ...');
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  utimesSync(stamp, new Date(), new Date());
}
