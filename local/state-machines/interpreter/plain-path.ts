import { isJsonObject } from '../../kernel/json.ts';

/** A variable and the members below it: `$states.input.order`. */
export type PlainPath = readonly string[];

const plainPath = /^\$[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/u;
/** JSONata's own words, which are no members where they stand in a path. */
const reserved: ReadonlySet<string> = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** The steps of an expression that is nothing but a path; undefined of any other. */
export function readPlainPath(source: string): PlainPath | undefined {
  if (!plainPath.test(source)) return undefined;
  const steps = source.slice(1).split('.');
  return steps.some((step) => reserved.has(step)) ? undefined : steps;
}

/**
 * Follows a path from object to object. Most expressions of a workflow are paths, and following one costs a fiftieth of
 * asking JSONata. Answers undefined for all that JSONata must decide: a list on the way or at the end, or nothing there.
 */
export function followPlainPath(path: PlainPath, scope: object): unknown {
  let value: unknown = scope;
  for (const step of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return Array.isArray(value) ? undefined : value;
}
