import * as z from 'zod';
import type { Json, JsonObject } from '../kernel/service.ts';

/** What a template's values may refer to. `undefined` is `AWS::NoValue`: what holds it leaves it out. */
export interface Scope {
  /** A resource, parameter or pseudo parameter by name. */
  ref(name: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  mapping(map: string, topLevelKey: string, secondLevelKey: string): Json;
  exported(name: string): Json;
  stackOutput(stack: string, output: string): Json;
}

/**
 * Replaces every intrinsic function in a template's value by what it answers.
 *
 * @throws Error naming the function when it is not served or its arguments are not right.
 */
export function resolveValue(value: Json, scope: Scope): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((item: Json) => resolveValue(item, scope)).filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  const call = intrinsicCall(value);
  if (call) return callIntrinsic(call.name, call.argument, scope);
  const members = Object.entries(value).map(([key, member]) => [key, resolveValue(member, scope)] as const);
  return Object.fromEntries(members.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with the one key `Ref` or `Fn::...` is a call; a policy's `Condition` is none. */
function intrinsicCall(value: JsonObject): { name: string; argument: Json } | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

const pair = z.tuple([z.json(), z.json()]);
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const index = z.coerce.number().int().nonnegative();

function callIntrinsic(name: string, argument: Json, scope: Scope): Json | undefined {
  const resolved = (value: Json) => resolveValue(value, scope);
  const text = (value: Json) => check(name, scalar, resolved(value));
  const list = (value: Json) => check(name, z.array(z.json()), resolved(value));
  switch (name) {
    case 'Ref':
      return scope.ref(check(name, z.string(), argument));
    case 'Fn::GetAtt':
      return getAttribute(argument, scope);
    case 'Fn::Join': {
      const [separator, parts] = check(name, pair, argument);
      return list(parts)
        .map((part) => check(name, scalar, part))
        .join(text(separator));
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Select': {
      const [position, items] = check(name, pair, argument);
      const item = list(items)[check(name, index, resolved(position))];
      if (item === undefined) throw new Error(`${name}: there is no item ${JSON.stringify(position)}`);
      return item;
    }
    case 'Fn::Split': {
      const [separator, whole] = check(name, pair, argument);
      return text(whole).split(text(separator));
    }
    case 'Fn::ImportValue':
      return scope.exported(text(argument));
    case 'Fn::GetStackOutput': {
      const { StackName, OutputName } = check(name, z.object({ StackName: z.json(), OutputName: z.json() }), argument);
      return scope.stackOutput(text(StackName), text(OutputName));
    }
    case 'Fn::FindInMap': {
      const [map, top, second] = check(name, z.tuple([z.json(), z.json(), z.json()]), argument);
      return scope.mapping(text(map), text(top), text(second));
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = check(name, z.tuple([z.string(), z.json(), z.json()]), argument);
      return resolved(scope.condition(condition) ? whenTrue : whenFalse);
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64');
    case 'Fn::Equals':
    case 'Fn::And':
    case 'Fn::Or':
    case 'Fn::Not':
      return resolveCondition({ [name]: argument }, scope);
    default:
      throw new Error(`the intrinsic function ${name} is not served by the embedded cloud`);
  }
}

/** Decides a condition: Fn::Equals, And, Or, Not, or `{Condition: <name of another>}`. */
export function resolveCondition(value: Json, scope: Scope): boolean {
  const { name, argument } = conditionCall(value);
  const all = () => check(name, z.array(z.json()), argument).map((part) => resolveCondition(part, scope));
  switch (name) {
    case 'Condition':
      return scope.condition(check(name, z.string(), argument));
    case 'Fn::Equals': {
      const [left, right] = check(name, pair, argument);
      return JSON.stringify(resolveValue(left, scope)) === JSON.stringify(resolveValue(right, scope));
    }
    case 'Fn::And':
      return all().every(Boolean);
    case 'Fn::Or':
      return all().some(Boolean);
    case 'Fn::Not':
      return !all().every(Boolean);
    default:
      throw new Error(`${name} is no condition`);
  }
}

function conditionCall(value: Json): { name: string; argument: Json } {
  const entry = isObject(value) ? Object.entries(value)[0] : undefined;
  if (entry === undefined) throw new Error(`${JSON.stringify(value)} is no condition`);
  return { name: entry[0], argument: entry[1] };
}

function getAttribute(argument: Json, scope: Scope): Json {
  const path =
    typeof argument === 'string'
      ? argument
      : check('Fn::GetAtt', pair, argument)
          .map((part) => check('Fn::GetAtt', scalar, resolveValue(part, scope)))
          .join('.');
  const dot = path.indexOf('.');
  return scope.attribute(path.slice(0, dot), path.slice(dot + 1));
}

/** `${Name}`, `${Name.Attribute}`, own variables, and `${!Literal}`, which stays `${Literal}`. */
function substitute(argument: Json, scope: Scope): string {
  const [format, variables] =
    typeof argument === 'string'
      ? [argument, {}]
      : check('Fn::Sub', z.tuple([z.string(), z.record(z.string(), z.json())]), argument);
  return format.replaceAll(/\$\{(!?)([^}]*)\}/gu, (_, literal: string, rawName: string) => {
    if (literal) return `\${${rawName}}`;
    const name = rawName.trim();
    const variable = variables[name];
    if (variable !== undefined) return check('Fn::Sub', scalar, resolveValue(variable, scope));
    const value = name.includes('.') ? getAttribute(name, scope) : scope.ref(name);
    return check('Fn::Sub', scalar, value);
  });
}

function check<T extends z.ZodType>(name: string, schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${name} has arguments that it cannot take: ${JSON.stringify(value)}`);
}
