import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json, JsonObject, Resource } from '../../../local/kernel/service.ts';
import { machine } from './interpreter-world.ts';
import { FunctionThrew, givenFolder, givenMachine, givenStates, lambdaTask, until } from './service-world.ts';
import type { ServiceWorld, TestFunction } from './service-world.ts';

const program = fileURLToPath(new URL('killed-process.ts', import.meta.url));
const worlds: ServiceWorld[] = [];
let dataDir: string;
beforeEach(() => {
  dataDir = givenFolder();
});
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

type Starts = readonly { readonly name: string; readonly input: Json }[];

/** Runs executions in a process of its own and kills it with signal 9 once `ripe` says so. Answers what it printed. */
async function killedWhile(resource: Resource, starts: Starts, ripe: (printed: string) => boolean): Promise<string> {
  const child = spawn(process.execPath, [program, dataDir, JSON.stringify(resource), JSON.stringify(starts)]);
  let printed = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`The process ended by itself: ${complaints}`);
      return ripe(printed);
    });
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
  return printed;
}

/** The calls of functions, in this process and in those that were killed. */
function callsInKilled(): readonly string[] {
  const path = join(dataDir, 'calls.log');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

async function givenNextProcess(
  resource: Resource,
  functions: Readonly<Record<string, TestFunction>> = {},
): Promise<ServiceWorld> {
  const world = await givenStates([resource], { functions, dataDir, durable: true });
  worlds.push(world);
  return world;
}

function executionOf(resource: Resource, name: string): string {
  return `${resource.arn.replace(':stateMachine:', ':execution:')}:${name}`;
}

async function outputOf(
  world: ServiceWorld,
  resource: Resource,
  name: string,
): Promise<{ status: Json; output: unknown }> {
  const call = {
    operation: 'DescribeExecution',
    input: { executionArn: executionOf(resource, name) },
    caller: { kind: 'operator' as const },
  };
  await until(() => world.service.busy?.() === false);
  const { status = null, output } = await world.service.handle(call);
  return { status, output: typeof output === 'string' ? JSON.parse(output) : undefined };
}

const calledIn = (name: string, count: number) => () =>
  callsInKilled().filter((line) => line.startsWith(name)).length >= count;
const branch = (name: string, ...states: readonly (readonly [string, JsonObject])[]) => ({
  StartAt: name,
  States: Object.fromEntries(states),
});

describe('after a kill', () => {
  test('a run goes on in the state in which it was, with its input and its variables', async () => {
    const resource = givenMachine(
      'run',
      machine({
        First: lambdaTask('step', { Assign: { kept: 'kept' }, Next: 'Second' }),
        Second: lambdaTask('hang', { Next: 'Show' }),
        Show: { Type: 'Pass', Output: '{% [$kept, $states.input] %}', End: true },
      }),
    );
    await killedWhile(resource, [{ name: 'one', input: 7 }], calledIn('hang', 1));
    const world = await givenNextProcess(resource, { hang: (event) => ({ again: event }) });
    expect(await outputOf(world, resource, 'one')).toEqual({ status: 'SUCCEEDED', output: ['kept', { again: 7 }] });
    expect(callsInKilled()).toEqual(['step 7', 'hang 7']);
    expect(world.calls.map(({ what }) => what)).toEqual(['lambda:hang']);
  });

  test('a wait waits for what is left of it', async () => {
    const resource = givenMachine('run', machine({ Wait: { Type: 'Wait', Seconds: 3600, End: true } }));
    await killedWhile(resource, [{ name: 'one', input: 7 }], (printed) => printed.includes('idle'));
    const second = await givenNextProcess(resource);
    await second.advance(3000);
    expect(await outputOf(second, resource, 'one')).toMatchObject({ status: 'RUNNING' });
    await second.close();
    const third = await givenNextProcess(resource);
    await third.advance(600);
    expect(await outputOf(third, resource, 'one')).toEqual({ status: 'SUCCEEDED', output: 7 });
  });

  test('a retry keeps its time and its count', async () => {
    const Retry = [{ ErrorEquals: ['Hiccup'], IntervalSeconds: 600, BackoffRate: 1, MaxAttempts: 2 }];
    const resource = givenMachine('run', machine({ Task: lambdaTask('fail', { Retry }) }));
    await killedWhile(
      resource,
      [{ name: 'one', input: 7 }],
      (printed) => calledIn('fail', 1)() && printed.includes('idle'),
    );
    const world = await givenNextProcess(resource, { fail: () => Promise.reject(new FunctionThrew('Hiccup', '')) });
    expect(world.calls).toHaveLength(0);
    await world.advance(600);
    expect(world.calls).toHaveLength(1);
    await world.advance(600);
    expect(world.calls).toHaveLength(2);
    expect(await outputOf(world, resource, 'one')).toMatchObject({ status: 'FAILED' });
  });

  test('branches that are over are not run again, and the others go on where they were', async () => {
    const resource = givenMachine(
      'run',
      machine({
        Both: {
          Type: 'Parallel',
          Branches: [
            branch('A', ['A', lambdaTask('step')]),
            branch('B1', ['B1', lambdaTask('step', { Next: 'B2' })], ['B2', lambdaTask('hang')]),
          ],
          Next: 'Both again',
        },
        'Both again': {
          Type: 'Parallel',
          Branches: [
            branch('C', ['C', { Type: 'Pass', Output: { first: '{% $states.input[0] %}' }, End: true }]),
            branch('D', ['D', { Type: 'Pass', End: true }]),
          ],
          End: true,
        },
      }),
    );
    await killedWhile(resource, [{ name: 'one', input: 7 }], calledIn('hang', 1));
    const world = await givenNextProcess(resource, { hang: () => 'B' });
    expect(await outputOf(world, resource, 'one')).toEqual({ status: 'SUCCEEDED', output: [{ first: 7 }, [7, 'B']] });
    expect(callsInKilled().filter((line) => line.startsWith('step'))).toHaveLength(2);
    expect(world.calls.map(({ what }) => what)).toEqual(['lambda:hang']);
  });

  test('a map goes on with the iterations that are left, on the items that it began with', async () => {
    const states = {
      Handle: lambdaTask('step', { Next: 'Hang?' }),
      'Hang?': { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 3 %}', Next: 'Hang' }], Default: 'Done' },
      Hang: lambdaTask('hang'),
      Done: { Type: 'Succeed' },
    };
    const resource = givenMachine(
      'run',
      machine({
        All: {
          Type: 'Map',
          Items: '{% $shuffle([1,2,3,4,5]) %}',
          MaxConcurrency: 1,
          ItemProcessor: { StartAt: 'Handle', States: states },
          End: true,
        },
      }),
    );
    await killedWhile(resource, [{ name: 'one', input: {} }], calledIn('hang', 1));
    const before = callsInKilled()
      .filter((line) => line.startsWith('step'))
      .map((line) => Number(line.split(' ')[1]));
    const world = await givenNextProcess(resource, { step: (event) => event, hang: () => 3 });
    const { status, output } = await outputOf(world, resource, 'one');
    expect(status).toBe('SUCCEEDED');
    const after = world.calls.filter(({ what }) => what === 'lambda:step').map(({ input }) => Number(input['Payload']));
    expect(output).toEqual([...before, ...after]);
    expect([...before, ...after].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('the same start answers the run that is there, and another input is refused', async () => {
    const resource = givenMachine('run', machine({ Wait: { Type: 'Wait', Seconds: 3600, End: true } }));
    await killedWhile(resource, [{ name: 'one', input: 7 }], (printed) => printed.includes('started one'));
    const world = await givenNextProcess(resource);
    const start = (input: string) =>
      world.service.handle({
        operation: 'StartExecution',
        input: { stateMachineArn: resource.arn, name: 'one', input },
        caller: { kind: 'operator' },
      });
    expect(await start('7')).toMatchObject({ executionArn: executionOf(resource, 'one') });
    await expect(start('8')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    expect(world.service.executions()).toHaveLength(1);
  });

  test('a run keeps the definition with which it was started, and new runs have the new one', async () => {
    const definition = (Output: string) =>
      machine({
        Task: lambdaTask('hang', { Next: 'Show' }),
        Show: { Type: 'Pass', Output: { of: Output }, End: true },
      });
    const old = givenMachine('run', definition('old'));
    await killedWhile(old, [{ name: 'one', input: 7 }], calledIn('hang', 1));
    const world = await givenNextProcess(givenMachine('run', definition('new')), { hang: () => 'done' });
    expect(await outputOf(world, old, 'one')).toEqual({ status: 'SUCCEEDED', output: { of: 'old' } });
    await world.service.handle({
      operation: 'StartExecution',
      input: { stateMachineArn: old.arn, name: 'two' },
      caller: { kind: 'operator' },
    });
    expect(await outputOf(world, old, 'two')).toEqual({ status: 'SUCCEEDED', output: { of: 'new' } });
  });

  test('a run whose machine the template has no longer waits and is named', async () => {
    const resource = givenMachine('run', machine({ Wait: { Type: 'Wait', Seconds: 1, End: true } }));
    await killedWhile(resource, [{ name: 'one', input: 7 }], (printed) => printed.includes('started one'));
    const world = await givenNextProcess(givenMachine('other', machine({ Done: { Type: 'Succeed' } })));
    expect(world.lines.join()).toContain(`${executionOf(resource, 'one')} waits`);
    expect(world.service.executions({ status: 'RUNNING' })).toHaveLength(1);
  });
});

test('six kills under load lose no acknowledged run, and each comes to its own end', async () => {
  const names = ['A', 'B', 'C', 'D', 'E', 'F'];
  const chain = names.map(
    (name, index) => [name, lambdaTask('add', index < 5 ? { Next: names[index + 1] ?? '' } : {})] as const,
  );
  const resource = givenMachine('run', machine(Object.fromEntries(chain)));
  const acknowledged: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const starts = Array.from({ length: 200 }, (_, index) => ({ name: `run-${round}-${index}`, input: index }));
    const wanted = 20 + round * 30;
    const printed = await killedWhile(resource, starts, (text) => text.split('started').length > wanted);
    // A line that the kill has cut in two was not heard by anybody.
    acknowledged.push(...[...printed.matchAll(/^started (\S+)\n/gmu)].map(([, name = '']) => name));
  }
  const world = await givenNextProcess(resource, { add: (event) => Number(event) + 1 });
  await until(() => world.service.busy?.() === false);
  expect(acknowledged.length).toBeGreaterThan(300);
  for (const name of acknowledged) {
    const index = Number(name.split('-')[2]);
    expect(await outputOf(world, resource, name)).toEqual({ status: 'SUCCEEDED', output: index + 6 });
  }
  expect(world.service.executions({ status: 'RUNNING' })).toEqual([]);
  expect(world.service.executions({ status: 'FAILED' })).toEqual([]);
});
