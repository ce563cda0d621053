import type { ApiCall } from './transport.ts';
import { has } from './transport.ts';

/** A page of a list. */
export interface List<T> {
  readonly data: readonly T[];
  readonly nextCursor?: string | null;
}

/** Asks for a page of what is listed at a path. */
export function listCall<T>(path: string, filters: Readonly<Record<string, string>> = {}): ApiCall<List<T>> {
  return { method: 'GET', path: `${path}?${new URLSearchParams(filters).toString()}`, expect: isListOf<T> };
}

const isListOf = <T>(answer: unknown): answer is List<T> => has(answer, 'data') && Array.isArray(answer.data);
