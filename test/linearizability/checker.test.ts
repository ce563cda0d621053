import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { Model, Operation } from './checker.ts';
import { isLinearizable } from './checker.ts';

type Call = { readonly write: number } | 'read';
type History = readonly Operation<Call, number>[];

/** One number that is written and read; a write answers what it wrote. */
const register: Model<number, Call, number> = {
  initial: 0,
  step: (state, call) => (call === 'read' ? { state, answer: state } : { state: call.write, answer: call.write }),
};
const call = (what: Call, answer: number | undefined, invokedAt: number, returnedAt: number) => ({
  call: what,
  answer,
  invokedAt,
  returnedAt,
});

describe('a history of one register', () => {
  test.each<[string, boolean, History]>([
    ['of nothing', true, []],
    ['told in turn', true, [call({ write: 1 }, 1, 1, 2), call('read', 1, 3, 4)]],
    ['whose read is stale', false, [call({ write: 1 }, 1, 1, 2), call('read', 0, 3, 4)]],
    ['whose read meets the write', true, [call({ write: 1 }, 1, 1, 4), call('read', 0, 2, 3)]],
    [
      'whose second read goes back in time',
      false,
      [call({ write: 1 }, 1, 1, 8), call('read', 1, 2, 3), call('read', 0, 4, 5)],
    ],
    ['whose lost write was seen', true, [call({ write: 1 }, undefined, 1, Infinity), call('read', 1, 5, 6)]],
    ['whose lost write was never seen', true, [call({ write: 1 }, undefined, 1, Infinity), call('read', 0, 5, 6)]],
    [
      'whose lost write is seen and then is not',
      false,
      [call({ write: 1 }, undefined, 1, Infinity), call('read', 1, 5, 6), call('read', 0, 7, 8)],
    ],
    [
      'whose lost write is seen before it began',
      false,
      [call('read', 1, 1, 2), call({ write: 1 }, undefined, 3, Infinity)],
    ],
  ])('%s: %s', (_what, expected, history) => {
    expect(isLinearizable(register, history)).toBe(expected);
  });

  test('is judged as by trying every order and every fate of what was lost', () => {
    const operation = fc
      .record({
        what: fc.oneof(fc.constant('read' as const), fc.record({ write: fc.integer({ min: 1, max: 2 }) })),
        answer: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
        at: fc.nat({ max: 12 }),
        lasts: fc.nat({ max: 8 }),
      })
      .map(({ what, answer, at, lasts }): History[number] => {
        const told = what === 'read' || answer === undefined ? answer : what.write;
        return call(what, told, at, told === undefined ? Infinity : at + lasts);
      });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 5 }), (history) => {
        expect(isLinearizable(register, history)).toBe(someOrderTells(history));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The definition, taken at its word. */
function someOrderTells(history: History): boolean {
  const lost = history.filter(({ answer }) => answer === undefined);
  const fates = lost.reduce<History[]>((all, one) => all.flatMap((kept) => [kept, [...kept, one]]), [[]]);
  const known = history.filter(({ answer }) => answer !== undefined);
  return fates.some((kept) => ordersOf([...known, ...kept]).some((order) => respectsTime(order) && isTold(order)));
}

function ordersOf(history: History): History[] {
  if (history.length === 0) return [[]];
  return history.flatMap((first) =>
    ordersOf(history.filter((other) => other !== first)).map((rest) => [first, ...rest]),
  );
}

function respectsTime(order: History): boolean {
  return order.every(({ returnedAt }, index) =>
    order.slice(0, index).every(({ invokedAt }) => invokedAt <= returnedAt),
  );
}

function isTold(order: History): boolean {
  let state = register.initial;
  return order.every(({ call: what, answer }) => {
    const told = register.step(state, what);
    state = told.state;
    return answer === undefined || isDeepStrictEqual(answer, told.answer);
  });
}
