import type { Json } from '../../kernel/service.ts';

/** What somebody outside said of a task. */
export type TokenAnswer =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

export interface TokenListener {
  answered(answer: TokenAnswer): void;
  /** It was heard of the task at a time, in milliseconds since the epoch. */
  heard(at: number): void;
}

/** The task tokens of a run: a Standard one's alone, for an Express run's would be gone with the process. */
export interface Tokens {
  /** A new token, written down. */
  open(): string;
  /** Hears when the token was last heard of, and of its answer, at once where it has come already. Answers how to stop listening. */
  listen(token: string, listener: TokenListener): () => void;
  /** From now on nobody can answer. */
  close(token: string): void;
}
