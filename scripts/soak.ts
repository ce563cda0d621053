/**
 * `npm run soak -- --minutes N --seed S`: callers at work on a throw-away instance while parts fail, answers get lost,
 * the clock jumps and the whole of it is killed, until the time is over; then everything must agree. Ends with 1, and
 * the seed, when something does not. A seed draws the same actions and misfortunes; how they meet is up to the machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../local/kernel/random.ts';
import { runCommand } from './command-line.ts';
import { live, visit } from './soak/actions.ts';
import { readArguments } from './soak/arguments.ts';
import type { SoakOptions } from './soak/arguments.ts';
import { check } from './soak/check.ts';
import { befall } from './soak/misfortunes.ts';
import { settle } from './soak/settle.ts';
import type { RestartableWorld } from './soak/restartable-world.ts';
import { startWorld } from './soak/restartable-world.ts';
import type { Tally } from './soak/world.ts';

const callersAtOnce = 4;
/** Of what callers do; the rest goes back to what was begun before. */
const shareOfLives = 0.5;
/** Between two misfortunes; long enough for some requests to meet each. */
const calmMilliseconds = 3000;
const ledgerVerifier = 'scripts/verify-ledger.ts';

await runCommand('Usage: npm run soak -- [--minutes N] [--seed S]', () =>
  soak(readArguments(process.argv.slice(2), Math.random)),
);

async function soak(options: SoakOptions): Promise<number> {
  console.log(`seed ${options.seed}, ${options.minutes} minutes`);
  const dataDir = mkdtempSync(join(tmpdir(), 'quittance-soak-'));
  const world = await startWorld(dataDir, seededRandom(options.seed));
  try {
    await liveUntil(world, Date.now() + options.minutes * 60_000);
    console.log('settling');
    await check(world, await settle(world));
  } finally {
    await world.stop();
  }
  verifyLedger(world);
  report(options, world.tally);
  const isClean = world.tally.violations.length === 0;
  if (isClean) rmSync(dataDir, { recursive: true, force: true });
  else console.log(`The data is kept in ${dataDir}`);
  return isClean ? 0 : 1;
}

/** Callers act one thing after the other, each for itself, while misfortunes come over all of them. */
async function liveUntil(world: RestartableWorld, end: number): Promise<void> {
  const call = async () => {
    while (Date.now() < end) await (world.random() < shareOfLives ? live(world) : visit(world));
  };
  const suffer = async () => {
    while (Date.now() < end) {
      await pause(Math.min(calmMilliseconds, Math.max(0, end - Date.now())));
      await befall(world);
    }
  };
  await Promise.all([suffer(), ...Array.from({ length: callersAtOnce }, call)]);
}

function verifyLedger({ dataDir, violated }: RestartableWorld): void {
  const env = { ...process.env, QUITTANCE_DATA_DIR: dataDir };
  const { status, stdout, stderr } = spawnSync(process.execPath, [ledgerVerifier, '--settled'], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) violated(`verify:ledger ended with ${String(status)}: ${stdout}${stderr}`.slice(0, 2000));
}

function report({ seed, minutes }: SoakOptions, { counts, violations }: Tally): void {
  const rows = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [what, times] of rows) console.log(`${String(times).padStart(7)}  ${what}`);
  for (const violation of violations) console.log(`VIOLATION ${violation}`);
  console.log(`seed ${seed}, ${minutes} minutes: ${violations.length} violations`);
}
