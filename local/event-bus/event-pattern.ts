import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';

/** Whether an event (any JSON) matches. */
export type EventMatcher = (event: Json | undefined) => boolean;

/** Whether one value of a field matches. */
type ValueMatcher = (value: Json) => boolean;

/** A field's condition: most ask that one of its values matches, but `exists` also judges that there is none. */
interface FieldCondition {
  readonly value: ValueMatcher;
  readonly absent: boolean;
}

/**
 * Compiles an event pattern of EventBridge, which Lambda's filter criteria are too: every field of the pattern must
 * match, by one of the conditions in its list. In an event's list one element has to match, and the fields of a
 * nested pattern have to match in the same element.
 *
 * @throws Error that names the field whose condition is not right, or not served.
 */
export function compileEventPattern(pattern: JsonObject, path = ''): EventMatcher {
  const fields = Object.entries(pattern).map(([name, condition]) => compileField(name, condition, path));
  if (fields.length === 0) throw invalid(path, 'it has no field');
  return (event) => fields.every((matches) => matches(event));
}

function compileField(name: string, condition: Json, parentPath: string): EventMatcher {
  const path = parentPath === '' ? name : `${parentPath}.${name}`;
  if (name === '$or' && isJsonArray(condition)) {
    const alternatives = condition.map((alternative) => {
      if (!isJsonObject(alternative)) throw invalid(path, '$or takes a list of patterns');
      return compileEventPattern(alternative, parentPath);
    });
    return (event) => alternatives.some((matches) => matches(event));
  }
  if (isJsonArray(condition)) {
    if (condition.length === 0) throw invalid(path, 'its list of conditions is empty');
    const conditions = condition.map((each) => compileCondition(each, path));
    return (event) => matchesField(fieldOf(event, name), conditions);
  }
  if (isJsonObject(condition)) {
    const nested = compileEventPattern(condition, path);
    return (event) => {
      const value = fieldOf(event, name);
      return isJsonArray(value) ? value.some((element) => nested(element)) : nested(value);
    };
  }
  throw invalid(path, 'a condition is a list or a nested pattern');
}

function matchesField(field: Json | undefined, conditions: readonly FieldCondition[]): boolean {
  const values = field === undefined ? [] : isJsonArray(field) ? field : [field];
  return conditions.some((condition) =>
    values.length === 0 ? condition.absent : values.some((value) => condition.value(value)),
  );
}

function compileCondition(condition: Json, path: string): FieldCondition {
  if (isJsonArray(condition)) throw invalid(path, 'a list cannot be in a list');
  if (!isJsonObject(condition)) return { value: (value) => value === condition, absent: false };
  const [entry, ...others] = Object.entries(condition);
  if (entry === undefined || others.length > 0) throw invalid(path, 'a condition has one key');
  const [kind, operand] = entry;
  if (kind === 'exists') {
    if (typeof operand !== 'boolean') throw invalid(path, 'exists takes true or false');
    return { value: (value) => operand && !isJsonObject(value), absent: !operand };
  }
  return { value: compileComparison(kind, operand, path), absent: false };
}

function compileComparison(kind: string, operand: Json, path: string): ValueMatcher {
  switch (kind) {
    case 'prefix':
      return compileAffix(operand, path, (value, affix) => value.startsWith(affix));
    case 'suffix':
      return compileAffix(operand, path, (value, affix) => value.endsWith(affix));
    case 'equals-ignore-case': {
      const wanted = textOperand(kind, operand, path).toLowerCase();
      return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
    }
    case 'wildcard': {
      const wanted = wildcard(textOperand(kind, operand, path));
      return (value) => typeof value === 'string' && wanted.test(value);
    }
    case 'numeric':
      return compileNumeric(operand, path);
    case 'anything-but':
      return compileAnythingBut(operand, path);
    default:
      throw invalid(path, `the condition ${kind} is not served by the embedded cloud`);
  }
}

function compileAffix(operand: Json, path: string, has: (value: string, affix: string) => boolean): ValueMatcher {
  if (isJsonObject(operand)) {
    const affix = textOperand('equals-ignore-case', operand['equals-ignore-case'], path).toLowerCase();
    return (value) => typeof value === 'string' && has(value.toLowerCase(), affix);
  }
  const affix = textOperand('prefix or suffix', operand, path);
  return (value) => typeof value === 'string' && has(value, affix);
}

/** Matches scalars that none of the exceptions matches: a list of values, or `{prefix: one or several}` and the like. */
function compileAnythingBut(operand: Json, path: string): ValueMatcher {
  const exceptions = isJsonObject(operand)
    ? Object.entries(operand).flatMap(([kind, wanted]) =>
        (isJsonArray(wanted) ? wanted : [wanted]).map((each) => compileComparison(kind, each, path)),
      )
    : (isJsonArray(operand) ? operand : [operand]).map((each) => compileCondition(each, path).value);
  if (exceptions.length === 0) throw invalid(path, 'anything-but has no exception');
  return (value) => !isJsonObject(value) && !exceptions.some((matches) => matches(value));
}

/** `["=", 5]` or a range such as `[">", 0, "<=", 5]`. */
function compileNumeric(operand: Json, path: string): ValueMatcher {
  if (!isJsonArray(operand) || operand.length === 0 || operand.length % 2 !== 0) {
    throw invalid(path, 'numeric takes pairs of an operator and a number');
  }
  const comparisons: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    comparisons.push(compileNumericComparison(operand[index], operand[index + 1], path));
  }
  return (value) => typeof value === 'number' && comparisons.every((matches) => matches(value));
}

function compileNumericComparison(
  operator: Json | undefined,
  bound: Json | undefined,
  path: string,
): (value: number) => boolean {
  if (typeof bound !== 'number') throw invalid(path, 'numeric compares with numbers');
  switch (operator) {
    case '=':
      return (value) => value === bound;
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    default:
      throw invalid(path, 'numeric knows =, <, <=, > and >=');
  }
}

/** `*` stands for any characters; `\*` and `\\` for themselves. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\([*\\])|\*|[^*\\]+|\\/gu, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeForRegExp(escaped);
    return part === '*' ? '.*' : escapeForRegExp(part);
  });
  return new RegExp(`^${source}$`, 'su');
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`);
}

function textOperand(kind: string, operand: Json | undefined, path: string): string {
  if (typeof operand === 'string') return operand;
  throw invalid(path, `${kind} takes a string`);
}

function fieldOf(event: Json | undefined, name: string): Json | undefined {
  return isJsonObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;
}

function invalid(path: string, reason: string): Error {
  return new Error(`Event pattern is not valid. Reason: ${path === '' ? 'the pattern' : path}: ${reason}.`);
}
