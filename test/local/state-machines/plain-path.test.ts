import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../../local/kernel/service.ts';
import type { StateFailure } from '../../../local/state-machines/interpreter/failure.ts';
import { readPlainPath } from '../../../local/state-machines/interpreter/plain-path.ts';
import { compileTemplate, evaluateTemplate } from '../../../local/state-machines/interpreter/template.ts';

const chance = { now: () => 0, random: () => 0, uuid: () => '' };

async function evaluate(expression: string, input: Json): Promise<unknown> {
  try {
    return {
      value: await evaluateTemplate(compileTemplate(`{% ${expression} %}`, 'Output', chance), {
        states: { input, context: {} },
      }),
    };
  } catch (error) {
    return { error: (error as StateFailure).error };
  }
}

const member = fc.constantFrom('a', 'b', 'length', 'constructor', 'toString');
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 0, '', 'text', [], {}),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(member, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('a path that is followed directly comes to what JSONata comes to, whatever it leads through', async () => {
  const paths = fc.array(member, { maxLength: 3 }).map((steps) => ['$states.input', ...steps].join('.'));
  await fc.assert(
    fc.asyncProperty(paths, json, async (path, input) => {
      expect(readPlainPath(path)).toBeDefined();
      // In parentheses it is no plain path any more, and JSONata is asked.
      expect(readPlainPath(`(${path})`)).toBeUndefined();
      expect(await evaluate(path, input)).toEqual(await evaluate(`(${path})`, input));
    }),
    { numRuns: 500 },
  );
});

test.each(['$states.input.and', '$states.input.*', '$states.input[0]', '$states', 'a.b', '$', '$x.`a b`', '$x.y()'])(
  'JSONata decides about %s unless it is a path and nothing else',
  (source) => {
    expect(readPlainPath(source) === undefined).toBe(source !== '$states');
  },
);
