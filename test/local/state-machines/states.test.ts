import { describe, expect, test } from '@jest/globals';
import { fails, machine, never, run, startTime, task } from './interpreter-world.ts';

describe('Pass', () => {
  test('hands its input on when it says nothing else', async () => {
    const told = await run(machine({ Pass: { Type: 'Pass', End: true } }), { input: { kept: [1, 'two', null] } });
    expect(told.output).toEqual({ kept: [1, 'two', null] });
  });

  test('puts out what its expressions come to, at any depth', async () => {
    const Output = {
      'x-datum': 0.381,
      list: ['{% $states.input.a + 1 %}', 'plain', { deep: '{% $states.input.b %}' }],
    };
    const told = await run(machine({ Pass: { Type: 'Pass', Output, End: true } }), { input: { a: 1, b: { c: 2 } } });
    expect(told.output).toEqual({ 'x-datum': 0.381, list: [2, 'plain', { deep: { c: 2 } }] });
  });

  test('takes a string for an expression only between {% and %}', async () => {
    const Output = ['$states.input.a', ' {% 1 %}', '{% 1 %} ', '{% 1 %}'];
    const told = await run(machine({ Pass: { Type: 'Pass', Output, End: true } }));
    expect(told.output).toEqual(['$states.input.a', ' {% 1 %}', '{% 1 %} ', 1]);
  });
});

describe('Choice', () => {
  const choice = machine({
    'Which is it?': {
      Type: 'Choice',
      Choices: [
        { Condition: "{% $not($states.input.type = 'Private') %}", Next: 'Public' },
        {
          Condition: '{% $exists($states.input.value) and $states.input.value >= 20 and $states.input.value < 30 %}',
          Next: 'In its twenties',
        },
      ],
      Default: 'Start audit',
    },
    Public: { Type: 'Succeed' },
    'In its twenties': { Type: 'Succeed' },
    'Start audit': { Type: 'Succeed' },
  });

  test.each([
    [{ type: 'Open' }, 'Public'],
    [{ type: 'Private', value: 22 }, 'In its twenties'],
    [{ type: 'Private', value: 30 }, 'Start audit'],
    [{ type: 'Private' }, 'Start audit'],
    [{ type: 'Open', value: 22 }, 'Public'],
  ])('%j goes by the first rule that holds to %s', async (input, next) => {
    expect((await run(choice, { input })).states).toEqual(['Which is it?', next]);
  });

  test('without a rule that holds and without Default fails with States.NoChoiceMatched', async () => {
    const states = {
      Ask: { Type: 'Choice', Choices: [{ Condition: false, Next: 'Done' }] },
      Done: { Type: 'Succeed' },
    };
    expect(await run(machine(states))).toMatchObject({ error: 'States.NoChoiceMatched' });
  });

  test('a condition that is no boolean fails with States.QueryEvaluationError', async () => {
    const states = {
      Ask: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Done' }] },
      Done: { Type: 'Succeed' },
    };
    expect(await run(machine(states))).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  test('a rule assigns and puts out its own; Default has those of the state', async () => {
    const definition = machine({
      Ask: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.yes %}', Assign: { way: 'rule' }, Output: { of: 'rule' }, Next: 'End' },
        ],
        Default: 'End',
        Assign: { way: 'default' },
        Output: { of: 'state' },
      },
      End: { Type: 'Pass', Output: ['{% $way %}', '{% $states.input.of %}'], End: true },
    });
    expect((await run(definition, { input: { yes: true } })).output).toEqual(['rule', 'rule']);
    expect((await run(definition, { input: { yes: false } })).output).toEqual(['default', 'state']);
  });
});

describe('Wait', () => {
  test.each([
    ['Seconds as a number', { Seconds: 10 }, 10_000],
    ['Seconds as an expression', { Seconds: '{% $states.input.seconds %}' }, 7_000],
    ['a Timestamp', { Timestamp: '2026-11-22T10:01:00Z' }, 60_000],
    ['a Timestamp as an expression', { Timestamp: '{% $states.input.until %}' }, 30_500],
    ['a Timestamp that has passed', { Timestamp: '2020-01-01T00:00:00Z' }, 0],
  ])('waits for %s and hands its input on', async (_, field, milliseconds) => {
    const input = { seconds: 7, until: '2026-11-22T11:00:30.500+01:00' };
    const told = await run(machine({ Wait: { Type: 'Wait', ...field, End: true } }), { input });
    expect(told.elapsed).toBe(milliseconds);
    expect(told.output).toEqual(input);
  });

  test.each([
    { Seconds: -1 },
    { Seconds: 1.5 },
    { Seconds: "{% 'soon' %}" },
    { Timestamp: 'tomorrow' },
    { Timestamp: '2026-11-22' },
  ])('%j fails with States.QueryEvaluationError', async (field) => {
    expect(await run(machine({ Wait: { Type: 'Wait', ...field, End: true } }))).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });
});

describe('Succeed and Fail', () => {
  test('Succeed ends with its Output', async () => {
    const told = await run(machine({ Done: { Type: 'Succeed', Output: '{% $states.input.a %}' } }), {
      input: { a: 5 },
    });
    expect(told.output).toBe(5);
  });

  test('Fail ends with its error and its cause, which may be expressions', async () => {
    const told = await run(
      machine({ Fail: { Type: 'Fail', Error: 'ErrorA', Cause: "{% 'Kaiju ' & $states.input.what %}" } }),
      {
        input: { what: 'attack' },
      },
    );
    expect(told).toMatchObject({ error: 'ErrorA', cause: 'Kaiju attack' });
  });
});

describe('Task', () => {
  test('is called with its Arguments and puts out its result', async () => {
    const told = await run(machine({ Add: task('add', { Arguments: { left: '{% $states.input.a %}', right: 2 } }) }), {
      input: { a: 1 },
      tasks: { add: ({ left, right }) => ({ sum: Number(left) + Number(right) }) },
    });
    expect(told.calls).toEqual([{ task: 'add', arguments: { left: 1, right: 2 }, at: startTime }]);
    expect(told.output).toEqual({ sum: 3 });
  });

  test('without Arguments is called with its input', async () => {
    const told = await run(machine({ Echo: task('echo') }), { input: { a: 1 }, tasks: { echo: (given) => given } });
    expect(told.output).toEqual({ a: 1 });
  });

  test('puts out what Output makes of the result', async () => {
    const told = await run(machine({ Echo: task('echo', { Output: '{% $states.result.n * $states.input.n %}' }) }), {
      input: { n: 3 },
      tasks: { echo: () => ({ n: 5 }) },
    });
    expect(told.output).toBe(15);
  });

  test('fails with States.Timeout when its seconds are over, and its late answer changes nothing', async () => {
    const definition = machine({
      Slow: task('slow', {
        TimeoutSeconds: '{% $states.input.limit %}',
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }],
        Next: 'Late',
      }),
      Late: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
    });
    const told = await run(definition, { input: { limit: 4 }, tasks: { slow: never } });
    expect(told.output).toBe('States.Timeout');
    expect(told.elapsed).toBe(4000);
  });

  test('in time is not timed out later', async () => {
    const definition = machine({
      Quick: task('quick', { TimeoutSeconds: 4, Next: 'Wait' }),
      Wait: { Type: 'Wait', Seconds: 60, End: true },
    });
    expect(await run(definition, { tasks: { quick: () => 'done' } })).toMatchObject({
      output: 'done',
      elapsed: 60_000,
    });
  });

  test.each([0, -1, 1.5, "{% 'long' %}"])(
    'a time-out of %j seconds fails with States.QueryEvaluationError',
    async (TimeoutSeconds) => {
      const told = await run(machine({ Task: task('task', { TimeoutSeconds }) }), { tasks: { task: () => 1 } });
      expect(told.error).toBe('States.QueryEvaluationError');
      expect(told.calls).toEqual([]);
    },
  );

  test('an error that nothing catches fails the run by its name', async () => {
    const told = await run(machine({ Task: task('task') }), { tasks: { task: fails('CardUnreadable', 'no card') } });
    expect(told).toMatchObject({ error: 'CardUnreadable', cause: 'no card' });
  });
});

describe('quotas', () => {
  const large = 'x'.repeat(256 * 1024);

  test('a value of exactly 256 KB passes, one byte more fails with States.DataLimitExceeded', async () => {
    const definition = machine({ Task: task('task') });
    expect((await run(definition, { tasks: { task: () => large.slice(2) } })).output).toHaveLength(256 * 1024 - 2);
    expect((await run(definition, { tasks: { task: () => large.slice(1) } })).error).toBe('States.DataLimitExceeded');
  });

  test('counts bytes, not characters', async () => {
    const told = await run(machine({ Task: task('task') }), { tasks: { task: () => '€'.repeat(100_000) } });
    expect(told.error).toBe('States.DataLimitExceeded');
  });

  test.each([
    ['the arguments', { Arguments: '{% $pad("", 262150, "x") %}' }],
    ['the output', { Output: '{% $pad("", 262150, "x") %}' }],
    ['the variables', { Assign: { a: '{% $pad("", 262150, "x") %}' } }],
  ])('%s may have no more either', async (_, field) => {
    const told = await run(machine({ Task: task('task', field) }), { tasks: { task: () => 1 } });
    expect(told.error).toBe('States.DataLimitExceeded');
  });

  test('States.ALL neither retries nor catches it, for the workflow itself is broken', async () => {
    const definition = machine({
      Task: task('task', {
        Retry: [{ ErrorEquals: ['States.ALL'] }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
        Next: 'Done',
      }),
      Done: { Type: 'Succeed' },
    });
    const told = await run(definition, { tasks: { task: () => large } });
    expect(told.error).toBe('States.DataLimitExceeded');
    expect(told.calls).toHaveLength(1);
  });
});

test('a loop of many states lets others have a turn and comes to its end', async () => {
  const definition = machine({
    Start: { Type: 'Pass', Assign: { count: 0 }, Next: 'More?' },
    'More?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $count < 3000 %}', Assign: { count: '{% $count + 1 %}' }, Next: 'More?' }],
      Default: 'Done',
    },
    Done: { Type: 'Succeed', Output: '{% $count %}' },
  });
  expect((await run(definition)).output).toBe(3000);
});
