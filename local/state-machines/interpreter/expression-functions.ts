import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { parseJson } from '../../kernel/json.ts';
import { seededRandom } from '../../kernel/random.ts';

/** Time and chance, as the run sees them. */
export interface Chance {
  /** Milliseconds since the epoch. */
  now(): number;
  /** At least 0 and below 1. */
  random(): number;
  uuid(): string;
}

const hashes: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const longestRange = 1000;
const formatTime = jsonata('$fromMillis($time, $picture, $timezone)');

/**
 * Adds what Step Functions has beyond JSONata ("Transforming data with JSONata", functions provided by Step
 * Functions), takes away $eval as Step Functions does, and makes $now and $millis go by the given clock.
 */
export function registerFunctions(expression: jsonata.Expression, chance: Chance): void {
  expression.registerFunction('partition', partition, '<a-n:a<a>>');
  expression.registerFunction('range', range, '<nnn:a<n>>');
  expression.registerFunction('hash', hash, '<s-s:s>');
  expression.registerFunction(
    'random',
    (seed?: number) => (seed === undefined ? chance.random() : seededRandom(seed)()),
    '<n?:n>',
  );
  expression.registerFunction('uuid', () => chance.uuid(), '<:s>');
  expression.registerFunction('parse', (text: string): unknown => parseJson(text), '<s-:x>');
  expression.registerFunction('eval', refuseEval, '<sx?:x>');
  expression.registerFunction('millis', () => chance.now(), '<:n>');
  expression.registerFunction(
    'now',
    (picture?: string, timezone?: string): Promise<unknown> =>
      formatTime.evaluate(undefined, { time: chance.now(), picture, timezone }),
    '<s?s?:s>',
  );
}

function partition(items: readonly unknown[], size: number): readonly (readonly unknown[])[] {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError('$partition takes chunks of a whole number of at least 1 items.');
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** From first to last, both included. */
function range(first: number, last: number, step: number): readonly number[] {
  if (step === 0) throw new RangeError('$range takes a step other than 0.');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > longestRange) throw new RangeError(`$range makes at most ${longestRange} numbers.`);
  return Array.from({ length }, (_, index) => first + index * step);
}

function hash(text: string, algorithm: string): string {
  const name = hashes[algorithm];
  if (name === undefined) throw new RangeError(`$hash knows ${Object.keys(hashes).join(', ')}, not ${algorithm}.`);
  return createHash(name).update(text, 'utf8').digest('hex');
}

function refuseEval(): never {
  throw new Error('$eval is not available in Step Functions; $parse reads JSON.');
}
