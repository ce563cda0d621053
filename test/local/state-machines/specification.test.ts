import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../../local/kernel/service.ts';
import { fails, machine, run, startTime, task } from './interpreter-world.ts';

/** The examples of the States Language's specification (states-language.net), with JSONata for its JSONPath. */

test('Hello World', async () => {
  const told = await run(machine({ 'Hello World': task('hello') }), { tasks: { hello: () => 'Hello, world' } });
  expect(told.output).toBe('Hello, world');
});

test('Data: numbers are added up from the input into the output', async () => {
  const Add = task('add', {
    Arguments: ['{% $states.input.numbers.val1 %}', '{% $states.input.numbers.val2 %}'],
    Output: { title: '{% $states.input.title %}', numbers: '{% $states.input.numbers %}', sum: '{% $states.result %}' },
  });
  const told = await run(machine({ Add }), {
    input: { title: 'Numbers to add', numbers: { val1: 3, val2: 4 } },
    tasks: { add: (given) => (given as unknown as readonly number[]).reduce((sum, value) => sum + value, 0) },
  });
  expect(told.output).toEqual({ title: 'Numbers to add', numbers: { val1: 3, val2: 4 }, sum: 7 });
});

test('Errors: two retriers, each with its own count, and then a catcher', async () => {
  const X = task('x', {
    Retry: [
      { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2.0, MaxAttempts: 2 },
      { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
    Next: 'Z',
  });
  const errors = ['ErrorA', 'ErrorB', 'ErrorC', 'ErrorB'];
  const told = await run(machine({ X, Z: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true } }), {
    tasks: { x: (_, call) => fails(errors[call - 1] ?? 'none')({}, call) },
  });
  expect(told.calls.map(({ at }) => (at - startTime) / 1000)).toEqual([0, 1, 3, 8]);
  expect(told).toMatchObject({ output: 'ErrorB', states: ['X', 'Z'] });
});

test('Errors: a time-out is tried again, and anything else is recovered from', async () => {
  const definition = machine({
    Task: task('task', {
      TimeoutSeconds: 3,
      Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 1.5 }],
      Catch: [
        { ErrorEquals: ['java.lang.Exception'], Assign: { ErrorInfo: '{% $states.errorOutput %}' }, Next: 'Recovery' },
        { ErrorEquals: ['States.ALL'], Next: 'End' },
      ],
      Next: 'End',
    }),
    Recovery: { Type: 'Pass', Output: '{% $ErrorInfo.Cause %}', End: true },
    End: { Type: 'Succeed', Output: 'ended' },
  });
  const told = await run(definition, {
    tasks: {
      task: (_, call) =>
        call === 1 ? new Promise(() => undefined) : fails('java.lang.Exception', 'recovered')({}, call),
    },
  });
  expect(told).toMatchObject({ output: 'recovered', elapsed: 6000 });
});

test('Parallel: the sum and the difference of two numbers', async () => {
  const branch = (name: string) => ({ StartAt: name, States: { [name]: task(name) } });
  const FunWithMath = { Type: 'Parallel', Branches: [branch('Add'), branch('Subtract')], End: true };
  const pair = (given: JsonObject) => given as unknown as readonly [number, number];
  const told = await run(machine({ FunWithMath }), {
    input: [3, 2],
    tasks: { Add: (given) => pair(given)[0] + pair(given)[1], Subtract: (given) => pair(given)[0] - pair(given)[1] },
  });
  expect(told.output).toEqual([5, 1]);
});

test('Map: every parcel of a delivery is validated with its courier', async () => {
  const input = {
    'ship-date': '2016-03-14T01:59:00Z',
    detail: {
      'delivery-partner': 'UQS',
      shipped: [
        { prod: 'R31', quantity: 1 },
        { prod: 'S39', quantity: 1 },
        { prod: 'R31', quantity: 2 },
      ],
    },
  };
  const definition = machine({
    'Validate-All': {
      Type: 'Map',
      Items: '{% $states.input.detail.shipped %}',
      ItemSelector: {
        parcel: '{% $states.context.Map.Item.Value %}',
        courier: "{% $states.input.detail.'delivery-partner' %}",
      },
      MaxConcurrency: 0,
      ItemProcessor: { StartAt: 'Validate', States: { Validate: task('validate') } },
      Assign: { validated: '{% $count($states.result) %}' },
      Output: '{% $states.input %}',
      Next: 'Show',
    },
    Show: { Type: 'Pass', Output: ['{% $validated %}', '{% $states.input.detail.shipped[2].quantity %}'], End: true },
  });
  const told = await run(definition, { input, tasks: { validate: () => 'valid' } });
  expect(told.calls.map((call) => call.arguments)).toEqual(
    input.detail.shipped.map((parcel) => ({ parcel, courier: 'UQS' })),
  );
  expect(told.output).toEqual([3, 2]);
});

test('Choice and Wait: a record is looked at again until it is ready', async () => {
  const definition = machine({
    'Get status': task('status', { Assign: { ready: '{% $states.result.ready %}' }, Next: 'Is it ready?' }),
    'Is it ready?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $ready %}', Next: 'Done' }],
      Default: 'Wait a minute',
    },
    'Wait a minute': { Type: 'Wait', Seconds: 60, Next: 'Get status' },
    Done: { Type: 'Succeed' },
  });
  const told = await run(definition, { tasks: { status: (_, call) => ({ ready: call === 4 }) } });
  expect(told).toMatchObject({ output: { ready: true }, elapsed: 180_000 });
});
