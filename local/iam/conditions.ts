import * as z from 'zod';
import type { Matcher } from './patterns.ts';
import { arnPattern, wildcard } from './patterns.ts';

/** Condition keys (in lower case: IAM does not regard their case) and their values. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

const scalar = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const values = z.union([z.array(scalar), scalar.transform((value) => [value])]);

export const conditionSchema = z.record(z.string(), z.record(z.string(), values));

/** How one value of the policy is compared, by operator. What is not here is refused at start, never ignored. */
const operators: ReadonlyMap<string, (pattern: string) => Matcher> = new Map<string, (pattern: string) => Matcher>([
  ['StringEquals', (pattern) => (value) => value === pattern],
  ['StringLike', (pattern) => wildcard(pattern)],
  ['ArnEquals', arnPattern],
  ['ArnLike', arnPattern],
  ['Bool', (pattern) => (value) => value.toLowerCase() === pattern.toLowerCase()],
]);

/**
 * Makes a test of a statement's Condition block: all of its lines must hold.
 *
 * @throws Error naming an operator that the embedded cloud does not know.
 */
export function compileConditions(conditions: z.infer<typeof conditionSchema>): (context: ConditionContext) => boolean {
  const lines = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, patterns]) => compileLine(operator, key.toLowerCase(), patterns)),
  );
  return (context) => lines.every((holds) => holds(context));
}

function compileLine(
  operator: string,
  key: string,
  patterns: readonly string[],
): (context: ConditionContext) => boolean {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/u.exec(operator) ?? [];
  const compare = operators.get(name);
  if (!compare) throw new Error(`the condition operator ${operator} is not served by the embedded cloud`);
  const matchers = patterns.map(compare);
  const matches = (value: string) => matchers.some((matcher) => matcher(value));
  return (context) => {
    const present = context.get(key) ?? [];
    if (present.length === 0) return quantifier === 'ForAllValues' || ifExists !== undefined;
    return quantifier === 'ForAnyValue' ? present.some(matches) : present.every(matches);
  };
}
