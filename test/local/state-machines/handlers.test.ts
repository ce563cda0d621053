import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../local/kernel/service.ts';
import { StateFailure } from '../../../local/state-machines/interpreter/failure.ts';
import { fails, machine, never, run, startTime, task } from './interpreter-world.ts';
import type { Told } from './interpreter-world.ts';

/** When each call was made, in seconds after the start. */
function seconds({ calls }: Told): readonly number[] {
  return calls.map(({ at }) => (at - startTime) / 1000);
}

function retrying(...Retry: readonly JsonObject[]): JsonObject {
  return machine({ Task: task('task', { Retry }) });
}

describe('Retry', () => {
  test('tries three times more, after 1, 2 and 4 seconds, when it says nothing else', async () => {
    const told = await run(retrying({ ErrorEquals: ['States.ALL'] }), { tasks: { task: fails('ErrorA') } });
    expect(seconds(told)).toEqual([0, 1, 3, 7]);
    expect(told.error).toBe('ErrorA');
  });

  test('stops as soon as the task succeeds', async () => {
    const told = await run(retrying({ ErrorEquals: ['ErrorA'], IntervalSeconds: 5 }), {
      tasks: { task: (_, call) => (call < 2 ? fails('ErrorA')({}, call) : 'done') },
    });
    expect(seconds(told)).toEqual([0, 5]);
    expect(told.output).toBe('done');
  });

  test('waits by interval and rate, and no longer than MaxDelaySeconds', async () => {
    const retrier = {
      ErrorEquals: ['ErrorA'],
      IntervalSeconds: 2,
      BackoffRate: 3,
      MaxAttempts: 4,
      MaxDelaySeconds: 20,
    };
    const told = await run(retrying(retrier), { tasks: { task: fails('ErrorA') } });
    expect(seconds(told)).toEqual([0, 2, 8, 26, 46]);
  });

  test('with full jitter waits a share of the delay that chance draws', async () => {
    const draws = [0, 0.25, 0.75];
    const told = await run(retrying({ ErrorEquals: ['ErrorA'], IntervalSeconds: 4, JitterStrategy: 'FULL' }), {
      tasks: { task: fails('ErrorA') },
      random: () => draws.shift() ?? 0,
    });
    expect(seconds(told)).toEqual([0, 0, 2, 14]);
  });

  test('each retrier counts its own attempts', async () => {
    const errors = ['ErrorA', 'ErrorB', 'ErrorA', 'ErrorB', 'ErrorA'];
    const told = await run(
      retrying(
        { ErrorEquals: ['ErrorA'], MaxAttempts: 2, BackoffRate: 1 },
        { ErrorEquals: ['ErrorB'], IntervalSeconds: 10, MaxAttempts: 2, BackoffRate: 1 },
      ),
      { tasks: { task: (_, call) => fails(errors[call - 1] ?? 'none')({}, call) } },
    );
    expect(seconds(told)).toEqual([0, 1, 11, 12, 22]);
    expect(told.error).toBe('ErrorA');
  });

  test('with no attempts shields an error from the retriers after it', async () => {
    const told = await run(retrying({ ErrorEquals: ['ErrorA'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }), {
      tasks: { task: fails('ErrorA') },
    });
    expect(seconds(told)).toEqual([0]);
  });

  test('leaves an error that it does not name', async () => {
    const told = await run(retrying({ ErrorEquals: ['ErrorA'] }), { tasks: { task: fails('ErrorB') } });
    expect(seconds(told)).toEqual([0]);
  });

  test('shows the attempt in the context', async () => {
    const definition = machine({
      Task: task('task', {
        Arguments: { retries: '{% $states.context.State.RetryCount %}' },
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }],
      }),
    });
    const told = await run(definition, { tasks: { task: fails('ErrorA') } });
    expect(told.calls.map((call) => call.arguments)).toEqual([{ retries: 0 }, { retries: 1 }, { retries: 2 }]);
  });

  test('begins to count anew when the state is entered again', async () => {
    const definition = machine({
      Task: task('task', {
        Retry: [{ ErrorEquals: ['ErrorA'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['ErrorA'], Next: 'Again?' }],
        Next: 'Done',
      }),
      'Again?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $exists($again) %}', Next: 'Done' }],
        Default: 'Task',
        Assign: { again: true },
      },
      Done: { Type: 'Succeed' },
    });
    // Undefined variables fail; this one is looked up only after it was assigned or where its absence is asked for.
    const told = await run(definition, { tasks: { task: fails('ErrorA') } });
    expect(told.calls).toHaveLength(4);
  });

  test('tries a whole Parallel again', async () => {
    const definition = machine({
      Both: {
        Type: 'Parallel',
        Branches: [machineBranch('one'), machineBranch('two')],
        Retry: [{ ErrorEquals: ['ErrorA'], MaxAttempts: 1 }],
        End: true,
      },
    });
    const told = await run(definition, {
      tasks: { one: () => 1, two: (_, call) => (call === 1 ? fails('ErrorA')({}, 1) : 2) },
    });
    expect(told.output).toEqual([1, 2]);
    expect(told.calls.map((call) => call.task)).toEqual(['one', 'two', 'one', 'two']);
  });
});

function machineBranch(name: string): JsonObject {
  return { StartAt: name, States: { [name]: task(name) } };
}

describe('Catch', () => {
  function catching(...Catch: readonly JsonObject[]): JsonObject {
    return machine({
      Task: task('task', { Catch, Assign: { outcome: 'succeeded' }, Next: 'End' }),
      End: { Type: 'Pass', Output: { outcome: '{% $outcome %}', input: '{% $states.input %}' }, End: true },
    });
  }

  test('goes on with the error as output when it says nothing else', async () => {
    const told = await run(catching({ ErrorEquals: ['ErrorA'], Assign: { outcome: 'failed' }, Next: 'End' }), {
      tasks: { task: fails('ErrorA', 'the cause') },
    });
    expect(told.output).toEqual({ outcome: 'failed', input: { Error: 'ErrorA', Cause: 'the cause' } });
  });

  test('sees the error in $states.errorOutput and the input beside it', async () => {
    const catcher = {
      ErrorEquals: ['States.ALL'],
      Assign: { outcome: "{% $states.errorOutput.Error & ' of ' & $states.input.id %}" },
      Output: '{% $parse($states.errorOutput.Cause).code %}',
      Next: 'End',
    };
    const told = await run(catching(catcher), {
      input: { id: 'pay_1' },
      tasks: { task: fails('ErrorA', '{"code":7}') },
    });
    expect(told.output).toEqual({ outcome: 'ErrorA of pay_1', input: 7 });
  });

  test('the first catcher that names the error decides', async () => {
    const catchers = ['first', 'second'].map((outcome) => ({
      ErrorEquals: ['ErrorA'],
      Assign: { outcome },
      Next: 'End',
    }));
    const told = await run(catching(...catchers), { tasks: { task: fails('ErrorA') } });
    expect(told.output).toMatchObject({ outcome: 'first' });
  });

  test.each([
    ['ErrorA', 'ErrorA', true],
    ['ErrorA', 'ErrorB', false],
    ['States.ALL', 'ErrorB', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.ALL', 'States.Runtime', false],
    ['States.TaskFailed', 'ErrorB', true],
    ['States.TaskFailed', 'Lambda.Unknown', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.TaskFailed', 'States.HeartbeatTimeout', false],
    ['States.Timeout', 'States.Timeout', true],
    ['States.Timeout', 'States.HeartbeatTimeout', true],
    ['States.HeartbeatTimeout', 'States.HeartbeatTimeout', true],
    ['States.HeartbeatTimeout', 'States.Timeout', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
  ])('%s against the error %s: %s', async (name, error, caught) => {
    const told = await run(catching({ ErrorEquals: [name], Assign: { outcome: 'caught' }, Next: 'End' }), {
      tasks: { task: fails(error) },
    });
    expect(told.error === undefined).toBe(caught);
  });

  test('takes an expression of its own state that fails, by States.QueryEvaluationError', async () => {
    const definition = machine({
      Task: task('task', {
        Output: '{% $states.result.nothing %}',
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'End' }],
        Next: 'End',
      }),
      End: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
    });
    expect((await run(definition, { tasks: { task: () => ({}) } })).output).toBe('States.QueryEvaluationError');
  });

  test('comes after the retriers', async () => {
    const definition = machine({
      Task: task('task', {
        Retry: [{ ErrorEquals: ['ErrorA'], MaxAttempts: 2 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }],
        Next: 'End',
      }),
      End: { Type: 'Succeed' },
    });
    const told = await run(definition, { tasks: { task: fails('ErrorA') } });
    expect(told.calls).toHaveLength(3);
    expect(told.states).toEqual(['Task', 'End']);
  });

  test('a failure within it fails the run', async () => {
    const told = await run(catching({ ErrorEquals: ['States.ALL'], Output: '{% $nobody %}', Next: 'End' }), {
      tasks: { task: fails('ErrorA') },
    });
    expect(told.error).toBe('States.QueryEvaluationError');
  });

  test('of a Parallel takes the error of a branch, and the other branches stop', async () => {
    const definition = machine({
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 100, Next: 'one' }, one: task('one') } },
          machineBranch('two'),
          machineBranch('three'),
        ],
        Catch: [{ ErrorEquals: ['ErrorA'], Next: 'End' }],
        Next: 'End',
      },
      End: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
    });
    const told = await run(definition, { tasks: { one: () => 1, two: fails('ErrorA'), three: never } });
    expect(told).toMatchObject({ output: 'ErrorA', elapsed: 0 });
    expect(told.calls.map((call) => call.task)).toEqual(['two', 'three']);
  });
});

test('what a task throws that has no name of its own is States.Runtime', async () => {
  const told = await run(machine({ Task: task('task') }), {
    tasks: {
      task: () => {
        throw new TypeError('a bug');
      },
    },
  });
  expect(told).toMatchObject({ error: 'States.Runtime', cause: 'a bug' });
  expect(new StateFailure('A', 'b').message).toBe('A: b');
});
