import type { Exception, ExceptionState } from './exception.ts';
import type { ExceptionKind } from './kinds.ts';

/** Where exceptions are kept, for ever. */
export interface ExceptionBook {
  /** Writes it unless one of its id exists, open or resolved. */
  open(exception: Exception): Promise<'opened' | 'exists'>;
  /** Notes that it was explained; `notOpen` when there is none of this id, or when it was resolved before. */
  resolve(id: string, resolvedAt: string): Promise<'resolved' | 'notOpen'>;
}

export interface ExceptionLists {
  /** A page, newest first. */
  list(query: ExceptionQuery): Promise<ExceptionPage>;
}

export interface ExceptionQuery {
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: ExceptionPosition | undefined;
  readonly state?: ExceptionState | undefined;
  readonly kind?: ExceptionKind | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface ExceptionPosition {
  readonly id: string;
  readonly firstSeen: string;
}

export interface ExceptionPage {
  readonly exceptions: readonly Exception[];
  readonly next: ExceptionPosition | undefined;
}
