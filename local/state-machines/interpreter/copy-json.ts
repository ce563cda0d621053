import type { Json } from '../../kernel/service.ts';

/** A fresh copy of a value as plain JSON, or undefined when it is not: a function, nothing, or a number without end. */
export function copyJson(value: unknown): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? copyList(value) : copyObject(value);
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      return undefined;
  }
}

function copyList(list: readonly unknown[]): Json | undefined {
  const copies: Json[] = [];
  for (const item of list) {
    const copy = copyJson(item);
    if (copy === undefined) return undefined;
    copies.push(copy);
  }
  return copies;
}

function copyObject(source: object): Json | undefined {
  // JSONata's own functions and closures are objects with these marks.
  if ('_jsonata_function' in source || '_jsonata_lambda' in source) return undefined;
  const copy: Record<string, Json> = {};
  for (const [key, member] of Object.entries(source)) {
    if (member === undefined) continue;
    const copied = copyJson(member);
    if (copied === undefined) return undefined;
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: copied, enumerable: true, configurable: true, writable: true });
    else copy[key] = copied;
  }
  return copy;
}
