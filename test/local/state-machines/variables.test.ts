import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../local/kernel/service.ts';
import { compileMachine } from '../../../local/state-machines/interpreter/compile.ts';
import { machine, run, startTime, task } from './interpreter-world.ts';

describe('Assign', () => {
  test('is seen from the next state on: Output and Assign of the same state see the values before', async () => {
    const definition = machine({
      First: { Type: 'Pass', Assign: { x: 1, y: 10 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: ['{% $x %}', '{% $y %}'], Next: 'Show' },
      Show: { Type: 'Pass', Output: { before: '{% $states.input %}', after: ['{% $x %}', '{% $y %}'] }, End: true },
    });
    expect((await run(definition)).output).toEqual({ before: [1, 10], after: [10, 1] });
  });

  test('replaces a whole variable and leaves the others', async () => {
    const definition = machine({
      First: { Type: 'Pass', Assign: { order: { id: 1, open: true }, kept: 'kept' }, Next: 'Second' },
      Second: { Type: 'Pass', Assign: { order: { id: 2 } }, Next: 'Show' },
      Show: { Type: 'Pass', Output: ['{% $order %}', '{% $kept %}'], End: true },
    });
    expect((await run(definition)).output).toEqual([{ id: 2 }, 'kept']);
  });

  test('keeps null, false, 0 and empty lists as they are', async () => {
    const definition = machine({
      First: { Type: 'Pass', Assign: { nothing: null, no: false, zero: 0, none: '{% [] %}' }, Next: 'Show' },
      Show: { Type: 'Pass', Output: ['{% $nothing %}', '{% $no %}', '{% $zero %}', '{% $none %}'], End: true },
    });
    expect((await run(definition)).output).toEqual([null, false, 0, []]);
  });

  test('a branch reads the variables around it and keeps its own to itself', async () => {
    const branch = (n: number): JsonObject => ({
      StartAt: `Set ${n}`,
      States: {
        [`Set ${n}`]: { Type: 'Pass', Assign: { own: `{% $shared + ${n} %}` }, Next: `Get ${n}` },
        [`Get ${n}`]: { Type: 'Pass', Output: '{% $own %}', End: true },
      },
    });
    const definition = machine({
      Start: { Type: 'Pass', Assign: { shared: 100 }, Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [branch(1), branch(2)],
        Assign: { sums: '{% $states.result %}' },
        Next: 'Show',
      },
      Show: { Type: 'Pass', Output: { sums: '{% $sums %}', leaked: '{% $exists($own) %}' }, End: true },
    });
    expect((await run(definition)).output).toEqual({ sums: [101, 102], leaked: false });
  });

  test.each([
    ['the reserved name', { states: 1 }, '$states is reserved'],
    ['what is no name', { 'a-b': 1 }, 'Assign'],
  ])('of %s is refused at start', (_, Assign, reason) => {
    const definition = machine({ Pass: { Type: 'Pass', Assign, End: true } });
    expect(() => compileMachine(definition, { chance: givenChance(), requireResource: () => undefined })).toThrow(
      reason,
    );
  });

  test('of a variable of the scope around is refused at start', () => {
    const inner = { StartAt: 'In', States: { In: { Type: 'Pass', Assign: { shared: 1 }, End: true } } };
    const definition = machine({
      Out: { Type: 'Pass', Assign: { shared: 1 }, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [inner], End: true },
    });
    expect(() => compileMachine(definition, { chance: givenChance(), requireResource: () => undefined })).toThrow(
      /\$shared is a variable of an outer scope/u,
    );
  });
});

function givenChance() {
  return { now: () => 0, random: () => 0, uuid: () => '' };
}

describe('$states', () => {
  test('the context names the execution, the machine and the state', async () => {
    const Output = {
      execution: '{% $states.context.Execution.Name %}',
      machine: '{% $states.context.StateMachine.Name %}',
      state: '{% $states.context.State.Name %}',
      entered: '{% $states.context.State.EnteredTime %}',
      input: '{% $states.context.Execution.Input.a %}',
    };
    const told = await run(machine({ 'Look around': { Type: 'Pass', Output, End: true } }), { input: { a: 1 } });
    expect(told.output).toEqual({
      ...{ execution: 'execution', machine: 'machine', state: 'Look around', input: 1 },
      entered: new Date(startTime).toISOString(),
    });
  });

  test('what is not there fails with States.QueryEvaluationError and names expression and field', async () => {
    const told = await run(machine({ Task: task('task', { Arguments: { id: '{% $states.input.nothing %}' } }) }));
    expect(told.error).toBe('States.QueryEvaluationError');
    expect(told.cause).toContain("'$states.input.nothing' specified for the field 'Arguments/id' returned nothing");
  });

  test.each([
    '{% function($x) { $x } %}',
    '{% $sum %}',
    '{% 1 / 0 %}',
    "{% $number('x') %}",
    '{% $undefined() %}',
    "{% $eval('1') %}",
  ])('%s fails with States.QueryEvaluationError', async (Output) => {
    expect(await run(machine({ Pass: { Type: 'Pass', Output, End: true } }))).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });

  test('the variable of one run never shows in another, and no expression changes its input', async () => {
    const definition = machine({
      Sort: {
        Type: 'Pass',
        Output: '{% $sort($states.input.list)[0] %}',
        Assign: { list: '{% $states.input.list[] %}' },
        Next: 'Show',
      },
      Show: {
        Type: 'Pass',
        Output: ['{% $list %}', '{% $states.context.Execution.Input.list %}', '{% $states.input %}'],
        End: true,
      },
    });
    const input = { list: [3, 1, 2] };
    const [first, second] = await Promise.all([run(definition, { input }), run(definition, { input: { list: [9] } })]);
    expect(first.output).toEqual([[3, 1, 2], [3, 1, 2], 1]);
    expect(second.output).toEqual([[9], [9], 9]);
    // JSONata may leave a mark on the list object, which no JSON shows; the values must be as they were.
    expect(JSON.stringify(input)).toBe('{"list":[3,1,2]}');
  });

  test.each([
    '$append($states.input.list, 4)',
    '$append($states.input.list, $states.input.list)',
    '$reverse($states.input.list)',
    '$sort($states.input.list)',
    '$shuffle($states.input.list)',
    '$distinct($states.input.list)',
    '$merge([$states.input.order, {"a": 2}])',
    '$states.input ~> |order|{"a": 2}|',
    '$states.input ~> |order|{}, "a"|',
    '($x := $states.input.list; $x[0])',
    '$partition($states.input.list, 1)',
    '$states.input.list^(>$)',
    '$map($states.input.list, function($v) { $v + 1 })',
    '$reduce($states.input.list, function($sum, $v) { $append($sum, $v) }, $states.input.list)',
  ])('%s changes nothing of what it sees', async (expression) => {
    const definition = machine({
      First: { Type: 'Pass', Output: { list: [3, 1, 2], order: { a: 1 } }, Next: 'Second' },
      Second: { Type: 'Pass', Assign: { x: `{% ${expression} %}` }, Next: 'Third' },
      Third: { Type: 'Pass', Output: `{% $states.input %}`, End: true },
    });
    expect((await run(definition)).output).toEqual({ list: [3, 1, 2], order: { a: 1 } });
  });

  test('lists pass through paths and expressions alike, lists of one and none among them', async () => {
    const Output = {
      path: '{% $states.input.a.b %}',
      asked: '{% ($states.input.a.b) %}',
      one: '{% $states.input.one %}',
      none: '{% $states.input.none %}',
    };
    const told = await run(machine({ Pass: { Type: 'Pass', Output, End: true } }), {
      input: { a: { b: [1, [2]] }, one: [1], none: [] },
    });
    expect(told.output).toEqual({ path: [1, [2]], asked: [1, [2]], one: [1], none: [] });
  });
});

describe('the functions of Step Functions', () => {
  test.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([], 2)', []],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ["$hash('input data', 'SHA-256')", 'b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3'],
    ["$hash('input data', 'MD5')", '812f45842bc6d66ee14572ce20db8e86'],
    ['$uuid()', 'uuid-1'],
    ['$random()', 0.5],
    ['$random(7) = $random(7)', true],
    ['$parse(\'{"a":[1,2]}\').a[1]', 2],
    ['$millis()', startTime],
    ['$now()', new Date(startTime).toISOString()],
    ["$now('[Y0001]-[M01]-[D01]')", '2026-11-22'],
    ['$toMillis($now()) = $millis()', true],
  ])('%s is %j', async (expression, value) => {
    const told = await run(machine({ Pass: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } }));
    expect(told.error).toBeUndefined();
    expect(told.output).toEqual(value);
  });

  test.each(["$hash('a', 'CRC')", '$partition([1], 0)', '$range(0, 1, 0)', '$range(0, 5000, 1)', "$parse('{')"])(
    '%s fails with States.QueryEvaluationError',
    async (expression) => {
      const told = await run(machine({ Pass: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } }));
      expect(told.error).toBe('States.QueryEvaluationError');
    },
  );
});
