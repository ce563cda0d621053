import type { Json, JsonObject } from './service.ts';

/** Whether a value that came out of JSON.parse is an object, and not null, a list or a scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value that came out of JSON.parse is a list. */
export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Parses JSON text; what comes out is Json by definition. Throws SyntaxError on anything else. */
export const parseJson: (text: string) => Json = JSON.parse;

/** Parses JSON text that must hold an object; anything else is an error that names `what`. */
export function parseJsonObject(text: string, what: string): JsonObject {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new SyntaxError(`${what} is not a JSON object.`);
  return value;
}
