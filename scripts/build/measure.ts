import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, bundlesFolder } from './bundles.ts';
import { functionEnvironments } from './function-environments.ts';
import { projectFolder } from './inputs.ts';

/** Runs of each bundle; the table shows the median. */
const runs = 5;

interface Measurement {
  readonly name: string;
  readonly kilobytes: number;
  /** Median time to load the bundle in a fresh process, or why it does not load. */
  readonly milliseconds: number | string;
}

/**
 * A table of every bundle's size and import time, and how many times a bare DynamoDB client that is. With an assembly,
 * each bundle gets the environment that its template gives it (placeholders for what a deployment fills in).
 */
export async function measureBundles(assembly: string | undefined): Promise<string> {
  const environments =
    assembly === undefined ? new Map<string, Record<string, string>>() : functionEnvironments(assembly);
  const folder = mkdtempSync(join(tmpdir(), 'quittance-bare-client-'));
  try {
    const bare = join(folder, 'index.js');
    await build({
      ...bundleOptions,
      write: true,
      stdin: { contents: bareClient, resolveDir: projectFolder },
      outfile: bare,
    });
    const baseline = measureFile('(bare DynamoDB client)', bare, {});
    const bundles = readdirSync(bundlesFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const measurements = bundles.map(({ name }) =>
      measureFile(name, join(bundlesFolder, name, 'index.js'), environments.get(name) ?? {}),
    );
    return table(baseline, measurements);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bareClient = `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; export const client = new DynamoDBClient({});`;

const probe = `const start = performance.now(); require(process.argv[1]); process.stdout.write(String(performance.now() - start)); process.exit(0);`;

function measureFile(name: string, file: string, environment: Readonly<Record<string, string>>): Measurement {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', probe, file], {
      encoding: 'utf8',
      env: { AWS_REGION: 'eu-central-1', ...environment },
    });
    if (status !== 0)
      return {
        name,
        kilobytes: kilobytesOf(file),
        milliseconds: /^\w*Error: .*$/mu.exec(stderr)?.[0] ?? 'does not load',
      };
    times.push(Number(stdout));
  }
  return { name, kilobytes: kilobytesOf(file), milliseconds: median(times) };
}

function kilobytesOf(file: string): number {
  // A bundle that is there is readable; its size is what Lambda unpacks.
  return statSync(file).size / 1024;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function table(baseline: Measurement, measurements: readonly Measurement[]): string {
  const rows = [baseline, ...measurements].map((each) => [
    each.name,
    each.kilobytes.toFixed(0),
    ratio(each.kilobytes, baseline.kilobytes),
    typeof each.milliseconds === 'number' ? each.milliseconds.toFixed(0) : each.milliseconds,
    ratio(each.milliseconds, baseline.milliseconds),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...[heading, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [heading, ...rows].map(line).join('\n');
}

const heading = ['Bundle', 'KB', 'x bare', `import ms`, 'x bare'];

function ratio(value: number | string, baseline: number | string): string {
  return typeof value === 'number' && typeof baseline === 'number' ? (value / baseline).toFixed(1) : '-';
}
