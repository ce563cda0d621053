import { parseCommandLine, UsageError } from '../command-line.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
}

const mostMinutes = 7 * 24 * 60;
const largestSeed = 2 ** 32 - 1;

/** Reads `--minutes N --seed S`. Five minutes, and a seed of the caller's chance, unless they are given. */
export function readArguments(args: readonly string[], chance: () => number): SoakOptions {
  const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const;
  const { minutes, seed } = parseCommandLine({ args: [...args], options }).values;
  return {
    minutes: minutes === undefined ? 5 : numberWithin('minutes', minutes, /^\d+(\.\d+)?$/u, [0.1, mostMinutes]),
    seed:
      seed === undefined ? Math.floor(chance() * largestSeed) : numberWithin('seed', seed, /^\d+$/u, [0, largestSeed]),
  };
}

function numberWithin(
  name: string,
  text: string,
  shape: RegExp,
  [least, most]: readonly [least: number, most: number],
): number {
  const number = shape.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} is "${text}", but has to be a number from ${least} to ${most}.`);
}
