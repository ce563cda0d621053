import * as z from 'zod';
import { isJsonArray, isJsonObject, parseJson } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';

/** What a target is given of an event: a target's Input, InputPath or InputTransformer. */
export const inputProperties = z.object({
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .object({ InputPathsMap: z.record(z.string(), z.string()).default({}), InputTemplate: z.string() })
    .optional(),
});
export type InputProperties = z.infer<typeof inputProperties>;

export interface InputContext {
  readonly ruleArn: string;
  readonly ruleName: string;
  /** When the bus took the event, RFC 3339. */
  readonly ingestionTime: string;
}

/** The text that a target receives, or undefined when it receives the event as it is. */
export function shapeInput(
  { Input, InputPath, InputTransformer }: InputProperties,
  event: JsonObject,
  context: InputContext,
): string | undefined {
  if (Input !== undefined) return Input;
  if (InputTransformer !== undefined) {
    const values = new Map<string, Json>(predefined(event, context));
    for (const [name, path] of Object.entries(InputTransformer.InputPathsMap)) {
      const value = valueAt(event, path);
      if (value !== undefined) values.set(name, value);
    }
    return fillTemplate(InputTransformer.InputTemplate, values);
  }
  if (InputPath === undefined || InputPath === '$') return undefined;
  return JSON.stringify(valueAt(event, InputPath) ?? null);
}

/** The value at a path such as `$.detail.items[0].name`; undefined when there is none. */
export function valueAt(event: Json, path: string): Json | undefined {
  let value: Json | undefined = event;
  for (const step of parsePath(path)) {
    if (typeof step === 'number') value = isJsonArray(value) ? value[step] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

/** @throws Error for a path that is none, so that a template fails at start and not at its first event. */
export function parsePath(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  const expression = /\.([^.[\]'"\s]+)|\[(\d+)\]|\['([^']+)'\]/uy;
  expression.lastIndex = 1;
  while (path.startsWith('$') && expression.lastIndex < path.length) {
    const match = expression.exec(path);
    if (match === null) break;
    const [, name, index, quoted] = match;
    steps.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
    if (expression.lastIndex === path.length) return steps;
  }
  if (path === '$') return steps;
  throw new Error(`"${path}" is not a path that EventBridge takes.`);
}

function predefined(event: JsonObject, context: InputContext): readonly (readonly [string, Json])[] {
  return [
    ['aws.events.rule-arn', context.ruleArn],
    ['aws.events.rule-name', context.ruleName],
    ['aws.events.event.ingestion-time', context.ingestionTime],
    ['aws.events.event', event],
    ['aws.events.event.json', event],
  ];
}

/**
 * Puts values in the places `<name>`: within a JSON string their text, elsewhere their JSON. A place without a value
 * is empty in a string and null elsewhere.
 */
function fillTemplate(template: string, values: ReadonlyMap<string, Json>): string {
  let inString = false;
  const filled = template.replaceAll(/\\.|"|<([A-Za-z0-9_.-]+)>/gsu, (part, name: string | undefined) => {
    if (part === '"') inString = !inString;
    if (name === undefined) return part;
    const value = values.get(name);
    if (!inString) return JSON.stringify(value ?? null);
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
  return isJsonText(filled) ? filled : JSON.stringify(filled);
}

function isJsonText(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}
