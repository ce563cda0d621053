import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { FunctionWorld, WorldOptions } from './function-world.ts';
import { eventually, givenFunctions } from './function-world.ts';

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
const errorOf = async ({ invoke }: FunctionWorld, functionName: string, payload?: unknown) =>
  (await invoke(functionName, payload)).payload as { errorType: string; errorMessage: string };

describe('time-outs', () => {
  test('a function that takes too long is reported as AWS does, and its invocation is dead', async () => {
    const made = await given({
      bundles: {
        slow: {
          code: `export const handler = async () => {
            const head = { method: 'POST', body: 'before' };
            await fetch(process.env.AWS_ENDPOINT_URL!, head);
            await new Promise((resolve) => ((globalThis as any).goOn = resolve));
            await fetch(process.env.AWS_ENDPOINT_URL!, { ...head, body: 'after' }).catch((error) => console.log(error.message));
            console.log('zombie');
          };`,
          properties: { Timeout: 1 },
        },
        // Functions of one thread share its globals: so the dead one goes on exactly when it is dead.
        waking: 'export const handler = async () => (globalThis as any).goOn();',
      },
    });
    const invoked = errorOf(made, 'slow');
    await eventually(() => made.received.length === 1, 'the function has called');
    const id = String(made.received[0]?.headers['x-quittance-invocation']);
    expect(made.functions.isInvocationAlive(id)).toBe(true);
    expect(made.functions.busy?.()).toBe(true);
    const { errorType, errorMessage } = await invoked;
    expect(errorType).toBe('Sandbox.Timedout');
    expect(errorMessage).toBe(`RequestId: ${id} Error: Task timed out after 1.00 seconds`);
    expect(made.functions.isInvocationAlive(id)).toBe(false);
    expect(made.functions.busy?.()).toBe(false);
    await made.invoke('waking');
    await eventually(() => made.lines.some(({ line }) => line.includes('zombie')), 'the rest of the function ran');
    expect(made.received).toHaveLength(1);
    expect(made.lines.some(({ line }) => line.includes('sandbox is gone'))).toBe(true);
  });

  test('after a time-out the function starts from a fresh import, others keep their state', async () => {
    const counter = (wait: string) =>
      `let count = 0; export const handler = async (event: any) => { count += 1; ${wait} return count; };`;
    const { invoke } = await given({
      bundles: {
        slow: { code: counter('if (event.wait) await new Promise(() => undefined);'), properties: { Timeout: 1 } },
        other: counter(''),
      },
    });
    expect([(await invoke('slow')).payload, (await invoke('other')).payload]).toEqual([1, 1]);
    expect((await invoke('slow', { wait: true })).FunctionError).toBe('Unhandled');
    expect([(await invoke('slow')).payload, (await invoke('other')).payload]).toEqual([1, 2]);
  });

  test('a function in an endless loop times out, and the thread is replaced', async () => {
    const made = await given({
      bundles: {
        loop: { code: 'export const handler = async () => { for (;;); };', properties: { Timeout: 1 } },
        echo,
      },
    });
    expect(await errorOf(made, 'loop')).toMatchObject({ errorType: 'Sandbox.Timedout' });
    // The first one may still meet the stuck thread.
    await made.invoke('echo', 1);
    expect((await made.invoke('echo', 2)).payload).toBe(2);
  });

  test('the import of a bundle does not count as the time of its first invocation', async () => {
    const { invoke } = await given({
      bundles: {
        heavy: {
          code: 'const until = performance.now() + 1_200; while (performance.now() < until); export const handler = async () => "in time";',
          properties: { Timeout: 1 },
        },
      },
    });
    expect((await invoke('heavy')).payload).toBe('in time');
  });
});

describe('crashes', () => {
  const crashing = (what: string) =>
    `export const handler = async (event: any) => { if (event === 'crash') { ${what} await new Promise(() => undefined); } return 'fine'; };`;

  test('process.exit ends the invocation, not the cloud and not the function beside it', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<string>();
    const made = await given({
      bundles: {
        exiting: crashing('process.exit(3);'),
        swallowing: crashing('try { process.exit(0); } catch { console.log("caught"); }'),
        waiting:
          'export const handler = async () => { await fetch(process.env.AWS_ENDPOINT_URL!); return "unharmed"; };',
      },
      answerRequest: () => answered,
    });
    const beside = made.invoke('waiting');
    await eventually(() => made.received.length === 1, 'the function beside is under way');
    expect(await errorOf(made, 'exiting', 'crash')).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3$/u),
    });
    expect((await errorOf(made, 'swallowing', 'crash')).errorMessage).toContain(
      'Runtime exited without providing a reason',
    );
    answer('{}');
    expect((await beside).payload).toBe('unharmed');
    expect((await made.invoke('exiting', 'ok')).payload).toBe('fine');
  });

  test('an exception in a timer and an unhandled rejection end their invocation', async () => {
    const made = await given({
      bundles: {
        timer: crashing('setTimeout(() => { throw new Error("in a timer"); }, 1);'),
        rejection: crashing('void Promise.reject(new Error("nobody listens"));'),
      },
    });
    expect(await errorOf(made, 'timer', 'crash')).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await errorOf(made, 'rejection', 'crash')).toEqual({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: nobody listens',
      trace: expect.any(Array),
    });
    expect(made.lines.some(({ line }) => line.includes('in a timer'))).toBe(true);
    for (const name of ['timer', 'rejection']) expect((await made.invoke(name, 'ok')).payload).toBe('fine');
  });

  test('a function that exhausts the memory ends everything in its thread, and a new one serves', async () => {
    const made = await given({
      sharedMemoryMegabytes: 64,
      bundles: {
        hungry: crashing(
          'const kept: unknown[] = []; for (;;) kept.push({ id: kept.length, text: String(Math.random()) });',
        ),
      },
    });
    expect(await errorOf(made, 'hungry', 'crash')).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: killed'),
    });
    expect((await made.invoke('hungry', 'ok')).payload).toBe('fine');
    expect(made.operatorLines.join('\n')).toContain('A function worker ended');
  });
});

describe('isolation', () => {
  const marking =
    'export const handler = async () => { globalThis.mark = (globalThis.mark ?? 0) + 1; return globalThis.mark; };'.replaceAll(
      'globalThis',
      '(globalThis as any)',
    );

  test('functions share a thread unless each is given its own', async () => {
    const { invoke, restart } = await given({ bundles: { one: marking, two: marking } });
    expect([(await invoke('one')).payload, (await invoke('two')).payload]).toEqual([1, 2]);
    await restart({ isolation: 'function' });
    expect([(await invoke('one')).payload, (await invoke('two')).payload]).toEqual([1, 1]);
  });
});

describe('warming up', () => {
  test('all bundles are imported, a broken one hinders none', async () => {
    const { functions, lines, invoke } = await given({
      bundles: {
        broken: 'throw new Error("broken");',
        first: `console.log("imported"); ${echo}`,
        second: `console.log("imported"); ${echo}`,
      },
    });
    await functions.warmUp();
    expect(lines.filter(({ line }) => line.includes('imported')).map(({ functionName }) => functionName)).toEqual([
      'first',
      'second',
    ]);
    expect((await invoke('first', 1)).payload).toBe(1);
    expect(lines.filter(({ line }) => line.includes('imported'))).toHaveLength(2);
  });

  test('compiled code is kept in the data folder and used by the next process', async () => {
    const { invoke, dataDir, restart } = await given({ bundles: { echo } });
    await invoke('echo');
    const cached = () =>
      readdirSync(join(dataDir, 'functions', 'compile-cache')).filter((name) => name.endsWith('.v8'));
    await eventually(() => cached().length === 1, 'the compiled code was written');
    await restart();
    expect((await invoke('echo', 7)).payload).toBe(7);
    expect(cached()).toHaveLength(1);
  });
});
