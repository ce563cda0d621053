import { expect, test } from '@jest/globals';
import { UsageError } from '../../../scripts/command-line.ts';
import { readArguments } from '../../../scripts/soak/arguments.ts';

test('the soak takes minutes and a seed, and draws a seed of its own otherwise', () => {
  expect(readArguments(['--minutes', '2.5', '--seed', '7'], () => 0.5)).toEqual({ minutes: 2.5, seed: 7 });
  expect(readArguments([], () => 0.5)).toEqual({ minutes: 5, seed: 2_147_483_647 });
});

test.each([
  [['--minutes', 'long'], '--minutes is "long", but has to be a number from 0.1 to 10080.'],
  [['--minutes', '0'], '--minutes is "0"'],
  [['--minutes=-5'], '--minutes is "-5"'],
  [['--seed', '1.5'], '--seed is "1.5", but has to be a number from 0 to 4294967295.'],
  [['--seed', '4294967296'], '--seed is "4294967296"'],
  [['--forever'], '--forever'],
  [['7'], '7'],
])('the soak says what is wrong with %j', (args, message) => {
  expect(() => readArguments(args, () => 0)).toThrow(UsageError);
  expect(() => readArguments(args, () => 0)).toThrow(message);
});
