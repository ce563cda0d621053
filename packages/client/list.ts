import { has } from './transport.ts';

/** A page of a list. */
export interface List<T> {
  readonly data: readonly T[];
  readonly nextCursor?: string | null;
}

export const isListOf = <T>(answer: unknown): answer is List<T> => has(answer, 'data') && Array.isArray(answer.data);
