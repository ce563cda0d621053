/**
 * The one command for everything: types, lint, format, boundaries, dead code, then all tests. Ends in a line
 * `N passed, N failed`, where each check counts as one. Arguments go to jest: `npm test -- test/core`.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

/** The longest first: two run at a time, as jest does on the smallest machine. */
const checks: readonly Check[] = [
  { name: 'lint', command: ['eslint', '--cache', '--cache-location', '.build/eslint/', '.'] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'format', command: ['prettier', '--check', '--log-level=warn', '.'] },
  {
    name: 'boundaries',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      'bin',
      'lib',
      'lambdas',
      'core',
      'adapters',
      'contracts',
      'simulators',
      'local',
      'packages',
      'scripts',
      'bench',
      'model',
    ],
  },
  { name: 'dead code', command: ['knip'] },
  { name: 'build and synthesis without findings', command: ['node', 'scripts/build.ts', '--stage', 'local'] },
];

const jestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numRuntimeErrorTestSuites: z.int(),
});

const failedProcess = z.looseObject({ message: z.string(), stdout: z.string(), stderr: z.string() });

const jestArguments = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0 };

if (jestArguments.length === 0) {
  await runChecks();
}
runJest();
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;

function count(passed: boolean): void {
  if (passed) totals.passed += 1;
  else totals.failed += 1;
}

async function runChecks(): Promise<void> {
  const waiting = [...checks];
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) count(await runCheck(check));
  };
  await Promise.all([lane(), lane()]);
}

async function runCheck({ name, command: [program = '', ...args] }: Check): Promise<boolean> {
  const startedAt = Date.now();
  const failure = await promisify(execFile)(program, args, { maxBuffer: 1 << 28 }).then(
    () => undefined,
    (error: unknown) => failedProcess.parse(error),
  );
  const took = `(${((Date.now() - startedAt) / 1000).toFixed(1)} s)`;
  console.log(`${failure ? 'FAILED' : 'ok    '} ${name} ${took}`);
  if (failure) console.log(`${failure.message}\n${failure.stdout}\n${failure.stderr}`.slice(-20_000));
  return failure === undefined;
}

function runJest(): void {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-tests-'));
  const report = join(folder, 'report.json');
  // What tests leave behind, killed ones above all, goes with the folder; Jest's own cache stays.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  try {
    const { status } = spawnSync(
      'node',
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        '--cacheDirectory=.build/jest',
        '--json',
        `--outputFile=${report}`,
        ...jestArguments,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, TMPDIR: temporary } },
    );
    const result = jestReport.parse(JSON.parse(readFileSync(report, 'utf8')));
    totals.passed += result.numPassedTests;
    totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    totals.skipped += result.numPendingTests;
    // A runner that fails for another reason than a test (an open handle, a crash) must not look green.
    if (status !== 0 && totals.failed === 0) totals.failed += 1;
  } catch (error) {
    console.error(error);
    totals.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
