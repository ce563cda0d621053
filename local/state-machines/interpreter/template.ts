import jsonata from 'jsonata';
import { isJsonArray } from '../../kernel/json.ts';
import type { Json, JsonObject } from '../../kernel/service.ts';
import { copyJson } from './copy-json.ts';
import type { Chance } from './expression-functions.ts';
import { registerFunctions } from './expression-functions.ts';
import { StateFailure, errorNames } from './failure.ts';
import { followPlainPath, readPlainPath } from './plain-path.ts';
import type { PlainPath } from './plain-path.ts';

/** What an expression sees: `$states` and the variables. */
export interface Scope {
  readonly states: {
    readonly input: Json;
    readonly context: JsonObject;
    readonly result?: Json;
    readonly errorOutput?: Json;
  };
  readonly [variable: string]: unknown;
}

interface Expression {
  readonly kind: 'expression';
  readonly source: string;
  /** Where it stands in its state, for messages. */
  readonly field: string;
  readonly compiled: jsonata.Expression;
  readonly path: PlainPath | undefined;
}

/** A value of the definition in which any string may be an expression. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | Expression
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Template])[] };

/**
 * Compiles a value: strings in `{% %}` become expressions, once, for compiling costs twenty times what evaluating
 * does. Throws an error that names the field when an expression is no JSONata.
 */
export function compileTemplate(value: Json, field: string, chance: Chance): Template {
  if (typeof value === 'string') return compileString(value, field, chance);
  if (typeof value !== 'object' || value === null) return { kind: 'constant', value };
  if (isJsonArray(value)) {
    const items = value.map((item, index) => compileTemplate(item, `${field}[${index}]`, chance));
    return items.every(({ kind }) => kind === 'constant') ? { kind: 'constant', value } : { kind: 'list', items };
  }
  const members = Object.entries(value).map(
    ([key, member]) => [key, compileTemplate(member, `${field}/${key}`, chance)] as const,
  );
  const constant = members.every(([, { kind }]) => kind === 'constant');
  return constant ? { kind: 'constant', value } : { kind: 'object', members };
}

/** The value of a template: fresh JSON that shares nothing with what the expressions saw, but for constants. */
export function evaluateTemplate(template: Template, scope: Scope): Json | Promise<Json> {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'expression':
      return evaluateExpression(template, scope);
    case 'list':
      return evaluateList(template.items, scope);
    case 'object':
      return evaluateObject(template.members, scope);
  }
}

async function evaluateList(items: readonly Template[], scope: Scope): Promise<readonly Json[]> {
  const evaluated: Json[] = [];
  for (const item of items) {
    const value = evaluateTemplate(item, scope);
    evaluated.push(value instanceof Promise ? await value : value);
  }
  return evaluated;
}

async function evaluateObject(members: readonly (readonly [string, Template])[], scope: Scope): Promise<JsonObject> {
  const evaluated: (readonly [string, Json])[] = [];
  for (const [key, member] of members) {
    const value = evaluateTemplate(member, scope);
    evaluated.push([key, value instanceof Promise ? await value : value]);
  }
  return Object.fromEntries(evaluated);
}

function evaluateExpression(expression: Expression, scope: Scope): Json | Promise<Json> {
  const found = expression.path && copyJson(followPlainPath(expression.path, scope));
  return found === undefined ? askJsonata(expression, scope) : found;
}

async function askJsonata({ compiled, source, field }: Expression, scope: Scope): Promise<Json> {
  let value: unknown;
  try {
    value = await compiled.evaluate(undefined, scope);
  } catch (error) {
    throw queryError(
      `The JSONata expression '${source}' specified for the field '${field}' threw an error. ${messageOf(error)}`,
    );
  }
  // JSONata answers references into its input and tags the arrays it makes: neither may leave the state.
  const copied = copyJson(value);
  if (copied === undefined) {
    const got = value === undefined ? 'nothing (undefined)' : 'a value that is not JSON';
    throw queryError(`The JSONata expression '${source}' specified for the field '${field}' returned ${got}.`);
  }
  return copied;
}

/** The error of an expression that fails, or that answers what its field cannot take. */
export function queryError(cause: string): StateFailure {
  return new StateFailure(errorNames.queryEvaluation, cause);
}

function compileString(value: string, field: string, chance: Chance): Template {
  if (!value.startsWith('{%') || !value.endsWith('%}')) return { kind: 'constant', value };
  const source = value.slice(2, -2).trim();
  try {
    const compiled = jsonata(source);
    registerFunctions(compiled, chance);
    return { kind: 'expression', source, field, compiled, path: readPlainPath(source) };
  } catch (error) {
    throw new Error(`The field '${field}' holds no JSONata: ${messageOf(error)} In: ${source}`, { cause: error });
  }
}

/** JSONata throws plain objects with a message. */
function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
