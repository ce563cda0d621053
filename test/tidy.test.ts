import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as z from 'zod';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const sources = files.filter((file) => /\.(ts|mjs|cjs)$/u.test(file) && !file.startsWith('test/'));
const read = (file: string) => readFileSync(file, 'utf8');
const lines = (file: string) => read(file).split('\n').length;

const state: z.ZodType<State> = z.lazy(() =>
  z.object({
    Type: z.string(),
    Arguments: z.looseObject({ FunctionName: z.string().optional() }).optional(),
    TimeoutSeconds: z.union([z.number(), z.string()]).optional(),
    Retry: z.array(z.object({ ErrorEquals: z.array(z.string()), Comment: z.string().optional() })).optional(),
    Catch: z.array(z.object({ ErrorEquals: z.array(z.string()), Comment: z.string().optional() })).optional(),
  }),
);
interface State {
  Type: string;
  Arguments?: { FunctionName?: string | undefined } | undefined;
  /** An expression where a person is waited for. */
  TimeoutSeconds?: number | string | undefined;
  Retry?: { ErrorEquals: string[]; Comment?: string | undefined }[] | undefined;
  Catch?: { ErrorEquals: string[]; Comment?: string | undefined }[] | undefined;
}
const machine = z.object({
  QueryLanguage: z.string(),
  TimeoutSeconds: z.number(),
  States: z.record(z.string(), state),
});
const machines = files
  .filter((file) => file.endsWith('.asl.json'))
  .map((file) => ({ file, ...machine.parse(JSON.parse(read(file))) }));
const states = machines.flatMap(({ file, States }) =>
  Object.entries(States).map(([name, value]) => ({ file, name, ...value })),
);
const taskFiles = files.filter((file) => file.endsWith('.task.ts'));
const toPascal = (verbNoun: string) =>
  verbNoun.replace(/(^|-)([a-z])/gu, (_, __, letter: string) => letter.toUpperCase());

/** A call that skips or focuses tests; `condition ? test.skip : test` is none. */
const byHand =
  /\b(?:test|it|describe)(?:\.\w+)*\.(?:only|skip|todo|failing)(?:\.\w+)*\(|\b[xf](?:test|it|describe)(?:\.\w+)*\(/u;

describe('the house rules', () => {
  test('files hold one thing: at most 300 lines', () => {
    expect(sources.filter((file) => lines(file) > 300).map((file) => `${file} ${lines(file)}`)).toEqual([]);
  });

  test('handlers are thin: at most 60 lines of code, imports apart', () => {
    const handlers = sources.filter((file) =>
      /^lambdas\/.*\.(api|task|stream|event|schedule|queue|socket)\.ts$/u.test(file),
    );
    expect(handlers.length).toBeGreaterThan(15);
    const code = (file: string) =>
      read(file)
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('import '));
    expect(handlers.filter((file) => code(file).length > 60)).toEqual([]);
  });

  test('every task has a state in a workflow, and every state its task', () => {
    const invoked = states.flatMap(({ Arguments }) => Arguments?.FunctionName ?? []);
    const expected = taskFiles.map((file) => `\${${toPascal(basename(file, '.task.ts'))}FunctionArn}`);
    expect([...new Set(invoked)].sort()).toEqual(expected.sort());
  });

  test('every task in a workflow has a time-out, every workflow its own, and all speak JSONata', () => {
    expect(states.filter(({ Type, TimeoutSeconds }) => Type === 'Task' && TimeoutSeconds === undefined)).toEqual([]);
    for (const { QueryLanguage, TimeoutSeconds } of machines)
      expect([QueryLanguage, TimeoutSeconds > 0]).toEqual(['JSONata', true]);
  });

  test('every Retry and every Catch says why', () => {
    const rules = states.flatMap(({ Retry = [], Catch = [] }) => [...Retry, ...Catch]);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.filter(({ Comment }) => Comment === undefined)).toEqual([]);
  });

  test('every error name that a workflow goes by is exported by core', () => {
    const names = new Set(
      states.flatMap(({ Retry = [], Catch = [] }) => [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals)),
    );
    const ours = [...names].filter((name) => !/^(States|Lambda|DynamoDB)\./u.test(name));
    const core = sources
      .filter((file) => file.startsWith('core/'))
      .map(read)
      .join('\n');
    expect(ours.length).toBeGreaterThan(2);
    for (const name of ours) {
      expect([name, new RegExp(`(export const \\w+ = '${name}'|: '${name}',)`, 'u').test(core)]).toEqual([name, true]);
    }
  });

  test('no machine path, registry host or private key stands in a tracked file', () => {
    const forbidden = new RegExp(
      ['/(wor' + 'k|ro' + 'ot)/[a-z.]', 'registry\\.np' + 'mjs', 'BEGIN (RSA |EC )?PRIV' + 'ATE KEY'].join('|'),
      'u',
    );
    const texts = files.filter(
      (file) => /\.(ts|mjs|cjs|js|json|md|yml)$|run$/u.test(file) && file !== 'package-lock.json',
    );
    expect(texts.filter((file) => forbidden.test(read(file)))).toEqual([]);
  });

  test('documents link to files that exist', () => {
    const documents = files.filter((file) => file.endsWith('.md'));
    const broken = documents.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)].flatMap(([, target = '']) => {
        const path = new URL(target, `file:///${file}`).pathname.slice(1);
        return existsSync(path) ? [] : [`${file} -> ${target}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  test('no test file is skipped or focused by hand', () => {
    const tests = files.filter((file) => file.endsWith('.test.ts'));
    expect(tests.filter((file) => byHand.test(read(file)))).toEqual([]);
  });

  test('a call that leaves tests out is seen in each of its forms', () => {
    // The words are put together here, or this file would be one that it finds.
    const calls = ['only', 'skip', 'todo', 'failing'].flatMap((word) =>
      ['test', 'it', 'describe'].flatMap((what) => [`${what}.${word}('x')`, `${what}.${word}.each([])('x')`]),
    );
    const prefixed = ['test', 'it', 'describe'].flatMap((what) => [`x${what}('x')`, `f${what}('x')`]);
    expect([...calls, ...prefixed].filter((call) => !byHand.test(call))).toEqual([]);
  });

  test('a test that chooses by what the machine has may name the other choice', () => {
    expect(byHand.test('const withTables = dynoxide === undefined ? test.skip : test;')).toBe(false);
    expect(byHand.test("makeIt('x'); suffix('x');")).toBe(false);
  });
});
