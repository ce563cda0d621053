import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundlesFolder } from '../../../scripts/build/bundles.ts';
import { functionEnvironments } from '../../../scripts/build/function-environments.ts';
import { givenAssembly } from '../../lib/assembly.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly environment: Record<string, string>;
}

let environments: Map<string, Record<string, string>>;
beforeAll(async () => {
  environments = functionEnvironments((await givenAssembly('local')).folder);
});

/** Loads the bundles of stdin, each in its own environment; prints the kind of each one's handler, or its error. */
const loader = `
  const inherited = { ...process.env };
  const outcomes = JSON.parse(require('node:fs').readFileSync(0, 'utf8')).map(({ file, environment }) => {
    process.env = { ...inherited, ...environment };
    delete require.cache[file];
    try {
      return typeof require(file).handler;
    } catch (error) {
      return String(error);
    }
  });
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
`;

/** Loads each bundle with its environment in a process of its own; answers the outcomes by name. */
function load(cases: readonly Case[]): Readonly<Record<string, string>> {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', loader], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], AWS_REGION: 'eu-central-1' },
  });
  if (status !== 0) throw new Error(stderr);
  const outcomes = JSON.parse(stdout) as string[];
  return Object.fromEntries(cases.map(({ name }, index) => [name, outcomes[index] ?? 'no outcome']));
}

const fileOf = (verbNoun: string) => join(bundlesFolder, verbNoun, 'index.js');

describe('a bundle', () => {
  test('loads with the environment that its template gives it, and exports a handler', () => {
    const cases = Array.from(environments, ([name, environment]) => ({ name, file: fileOf(name), environment }));
    expect(cases.length).toBeGreaterThan(0);
    expect(load(cases)).toEqual(Object.fromEntries(cases.map(({ name }) => [name, 'function'])));
  });

  test('needs every variable of its environment, and says which one is missing', () => {
    const cases = Array.from(environments).flatMap(([name, environment]) =>
      Object.keys(environment).map((variable) => {
        const { [variable]: _left, ...rest } = environment;
        return { name: `${name} ${variable}`, file: fileOf(name), environment: rest };
      }),
    );
    for (const [name, outcome] of Object.entries(load(cases)))
      expect([name, outcome]).toEqual([name, expect.stringContaining(name.split(' ')[1] ?? '')]);
  });
});
