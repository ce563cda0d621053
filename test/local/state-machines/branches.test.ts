import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../local/kernel/service.ts';
import { fails, machine, never, run, task } from './interpreter-world.ts';

function mapOver(
  fields: JsonObject,
  states: Readonly<Record<string, JsonObject>> = { Handle: task('handle') },
): JsonObject {
  const ItemProcessor = { ProcessorConfig: { Mode: 'INLINE' }, StartAt: Object.keys(states)[0] ?? '', States: states };
  return machine({ 'Handle all': { Type: 'Map', ItemProcessor, End: true, ...fields } });
}

describe('Parallel', () => {
  test('gives each branch the same input and puts out their results in order', async () => {
    const definition = machine({
      'Look up customer': {
        Type: 'Parallel',
        Arguments: { id: '{% $states.input.customerId %}' },
        Branches: [
          { StartAt: 'Address', States: { Address: task('address') } },
          { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 5, Next: 'Phone' }, Phone: task('phone') } },
        ],
        Output: { address: '{% $states.result[0] %}', phone: '{% $states.result[1] %}' },
        End: true,
      },
    });
    const told = await run(definition, {
      input: { customerId: 7 },
      tasks: { address: ({ id }) => `address of ${Number(id)}`, phone: ({ id }) => `phone of ${Number(id)}` },
    });
    expect(told).toMatchObject({ output: { address: 'address of 7', phone: 'phone of 7' }, elapsed: 5000 });
  });

  test('runs its branches at the same time', async () => {
    const wait = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Wait', Seconds: 10, End: true } } });
    const told = await run(
      machine({ Both: { Type: 'Parallel', Branches: [wait('A'), wait('B'), wait('C')], End: true } }),
    );
    expect(told.elapsed).toBe(10_000);
  });

  test('fails with the error of the branch that fails first, whatever the others do', async () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: task(name) } });
    const definition = machine({ Both: { Type: 'Parallel', Branches: [branch('hangs'), branch('fails')], End: true } });
    expect(await run(definition, { tasks: { hangs: never, fails: fails('ErrorA', 'why') } })).toMatchObject({
      error: 'ErrorA',
      cause: 'why',
    });
  });

  test('nests', async () => {
    const inner = {
      Type: 'Parallel',
      End: true,
      Branches: [{ StartAt: 'X', States: { X: { Type: 'Pass', Output: 'x', End: true } } }],
    };
    const definition = machine({
      Outer: { Type: 'Parallel', End: true, Branches: [{ StartAt: 'Inner', States: { Inner: inner } }] },
    });
    expect((await run(definition)).output).toEqual([['x']]);
  });
});

describe('Map', () => {
  test('handles each item of its input and puts out the results in order', async () => {
    const told = await run(mapOver({}), { input: [1, 2, 3], tasks: { handle: (item) => Number(item) * 2 } });
    expect(told.output).toEqual([2, 4, 6]);
  });

  test('takes its items from Items and each input from ItemSelector', async () => {
    const ItemSelector = {
      parcel: '{% $states.context.Map.Item.Value %}',
      index: '{% $states.context.Map.Item.Index %}',
      courier: '{% $states.input.courier %}',
    };
    const told = await run(mapOver({ Items: '{% $states.input.shipped %}', ItemSelector }), {
      input: { courier: 'UQS', shipped: [{ prod: 'R31' }, { prod: 'S39' }] },
      tasks: { handle: (given) => given },
    });
    expect(told.output).toEqual([
      { parcel: { prod: 'R31' }, index: 0, courier: 'UQS' },
      { parcel: { prod: 'S39' }, index: 1, courier: 'UQS' },
    ]);
  });

  test('of no items is an empty list', async () => {
    expect((await run(mapOver({ Items: [] }))).output).toEqual([]);
  });

  test.each([
    [1, 60_000],
    [2, 30_000],
    ['{% 3 %}', 20_000],
    [0, 10_000],
  ])('with MaxConcurrency %j takes as long as that allows', async (MaxConcurrency, elapsed) => {
    const told = await run(mapOver({ MaxConcurrency }, { Wait: { Type: 'Wait', Seconds: 10, End: true } }), {
      input: [1, 2, 3, 4, 5, 6],
    });
    expect(told.elapsed).toBe(elapsed);
    expect(told.output).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('runs forty iterations at once and no more', async () => {
    const items = Array.from({ length: 41 }, (_, index): Json => index);
    const told = await run(mapOver({}, { Wait: { Type: 'Wait', Seconds: 10, End: true } }), { input: items });
    expect(told.elapsed).toBe(20_000);
  });

  test('fails as soon as one iteration fails, and begins no further one', async () => {
    const told = await run(mapOver({ MaxConcurrency: 2 }), {
      input: [1, 2, 3, 4],
      tasks: { handle: (item) => (Number(item) === 2 ? fails('ErrorA')({}, 1) : never()) },
    });
    expect(told.error).toBe('ErrorA');
    expect(told.calls).toHaveLength(2);
  });

  test.each(['{% 5 %}', '{% {} %}', '{% "list" %}'])(
    'of Items %s fails with States.QueryEvaluationError',
    async (Items) => {
      expect((await run(mapOver({ Items }))).error).toBe('States.QueryEvaluationError');
    },
  );

  test('knows the item in each state of its iterations', async () => {
    const Output = '{% $states.context.Map.Item.Index %}';
    expect(
      (await run(mapOver({}, { Show: { Type: 'Pass', Output, End: true } }), { input: ['a', 'b'] })).output,
    ).toEqual([0, 1]);
  });
});
