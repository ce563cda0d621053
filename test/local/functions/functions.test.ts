import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { FunctionWorld, WorldOptions } from './function-world.ts';
import { accountId, arnOf, givenFunctions, region } from './function-world.ts';

let world: FunctionWorld | undefined;

async function given(options: WorldOptions): Promise<FunctionWorld> {
  world = await givenFunctions(options);
  return world;
}

afterEach(async () => {
  await world?.close();
  world = undefined;
});

const echo = 'export const handler = async (event: unknown) => event;';

describe('what a function sees', () => {
  const readEnvironment =
    'const atImport = process.env.GREETING; export const handler = async () => ({ atImport, env: process.env });';

  test('two functions of one thread see their own environments and roles', async () => {
    const { invoke, endpointUrl } = await given({
      bundles: {
        first: {
          code: readEnvironment,
          properties: { Environment: { Variables: { GREETING: 'hello' } }, MemorySize: 512 },
        },
        second: { code: readEnvironment, properties: { Environment: { Variables: { GREETING: 'goodbye' } } } },
      },
    });
    const [first, second] = await Promise.all([invoke('first'), invoke('second')]);
    expect(first.payload).toMatchObject({
      atImport: 'hello',
      env: {
        GREETING: 'hello',
        AWS_REGION: region,
        AWS_LAMBDA_FUNCTION_NAME: 'first',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        AWS_ACCESS_KEY_ID: 'AKIDfirstRole',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: `session of arn:aws:iam::${accountId}:role/firstRole`,
        AWS_ENDPOINT_URL: endpointUrl,
        TZ: 'UTC',
      },
    });
    expect(second.payload).toMatchObject({
      atImport: 'goodbye',
      env: { AWS_ACCESS_KEY_ID: 'AKIDsecondRole', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128' },
    });
  });

  test('a function sees its own environment and nothing of that of the machine, by every way to its process', async () => {
    process.env['QUITTANCE_TEST_SECRET'] = 'of the operator';
    const { invoke, lines } = await given({
      bundles: {
        curious: `import imported from 'node:process';
          export const handler = async () => {
            globalThis.console.log('through the global');
            const environments = [process.env, imported.env, globalThis.process.env, require('process').env];
            return environments.map((env) => [env.QUITTANCE_TEST_SECRET ?? null, env.AWS_LAMBDA_FUNCTION_NAME]);
          };`,
      },
    });
    expect((await invoke('curious')).payload).toEqual(Array(4).fill([null, 'curious']));
    expect(lines.map(({ line }) => (JSON.parse(line) as { message: string }).message)).toEqual(['through the global']);
    delete process.env['QUITTANCE_TEST_SECRET'];
  });

  test('the context tells who runs, and how much time remains', async () => {
    const { invoke } = await given({
      bundles: {
        curious:
          'export const handler = async (_event: unknown, context: any) => ({ ...context, remaining: context.getRemainingTimeInMillis() });',
      },
    });
    const { payload } = await invoke('curious');
    expect(payload).toMatchObject({
      functionName: 'curious',
      invokedFunctionArn: arnOf('curious'),
      memoryLimitInMB: '128',
      functionVersion: '$LATEST',
    });
    const { remaining, awsRequestId } = payload as { remaining: number; awsRequestId: string };
    expect(remaining).toBeGreaterThan(8_000);
    expect(remaining).toBeLessThanOrEqual(10_000);
    expect(awsRequestId).toMatch(/^[\da-f-]{36}$/u);
  });

  test('an event is a copy, and an invocation without a payload gets an empty object', async () => {
    const { invoke } = await given({ bundles: { echo } });
    expect((await invoke('echo')).payload).toEqual({});
    expect((await invoke('echo', { list: [1, 'ü', null] })).payload).toEqual({ list: [1, 'ü', null] });
    expect((await invoke('echo', null)).payload).toBeNull();
  });

  test('a module keeps its state between invocations', async () => {
    const { invoke } = await given({
      bundles: { counter: 'let count = 0; export const handler = async () => (count += 1);' },
    });
    await invoke('counter');
    expect((await invoke('counter')).payload).toBe(2);
  });
});

describe('time', () => {
  const tellTime = `export const handler = async () => {
    const made = new Date();
    class Later extends Date {}
    return {
      now: Date.now(), made: made.getTime(), isDate: made instanceof Date, constructedBy: made.constructor === Date,
      parsed: new Date('2026-01-02T03:04:05Z').toISOString(), utc: Date.UTC(2026, 0, 2), zone: made.getTimezoneOffset(),
      subclass: new Later() instanceof Later, later: new Later().getTime(), length: Date.length, text: typeof Date(),
      cloned: structuredClone(made) instanceof Date,
    };
  };`;

  test('a function lives in the time of the clock, before and after it is moved', async () => {
    const { invoke, clock } = await given({ bundles: { tellTime } });
    const before = (await invoke('tellTime')).payload as { now: number };
    expect(Math.abs(before.now - Date.now())).toBeLessThan(5_000);
    await clock.advance(14 * 86_400_000, () => Promise.resolve());
    const { now, made, later, ...rest } = (await invoke('tellTime')).payload as Record<string, number>;
    for (const time of [now, made, later]) expect(Math.abs(Number(time) - clock.now())).toBeLessThan(5_000);
    expect(rest).toEqual({
      ...{ isDate: true, constructedBy: true, subclass: true, cloned: true, length: 7, text: 'string', zone: 0 },
      ...{ parsed: '2026-01-02T03:04:05.000Z', utc: Date.UTC(2026, 0, 2) },
    });
  });
});

describe('logs', () => {
  test("a function's lines are Lambda's JSON records in a file of its own", async () => {
    const { invoke, dataDir, functions, lines } = await given({
      bundles: {
        talker: `export const handler = async (_event: unknown, { awsRequestId }: any) => {
          console.info({ message: 'object', answer: 42 });
          console.warn('text with %s', 'parameter', new RangeError('out'));
          console.error(new TypeError('wrong'));
          console.debug('not at level INFO');
          process.stdout.write('raw\\n');
          return awsRequestId;
        };`,
        silent: echo,
      },
    });
    const { payload: requestId } = await invoke('talker');
    await functions.close?.();
    const written = readFileSync(join(dataDir, 'logs', 'talker.log'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(written).toEqual(lines.map(({ line }) => line));
    expect(written.at(-1)).toBe('raw');
    const records = written.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toEqual([
      { timestamp: expect.any(String), level: 'INFO', requestId, message: { message: 'object', answer: 42 } },
      expect.objectContaining({
        level: 'WARN',
        requestId,
        message: expect.stringContaining('text with parameter'),
        errorType: 'RangeError',
        errorMessage: 'out',
      }),
      {
        timestamp: expect.any(String),
        level: 'ERROR',
        requestId,
        message: { errorType: 'TypeError', errorMessage: 'wrong', stackTrace: expect.any(Array) },
      },
    ]);
  });

  test('a circular object or a bigint is logged as text, never lost', async () => {
    const { invoke, lines } = await given({
      bundles: {
        talker: 'export const handler = async () => { const a: any = { amount: 5n }; a.self = a; console.log(a); };',
      },
    });
    await invoke('talker');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.line).toContain('amount: 5n');
  });
});
