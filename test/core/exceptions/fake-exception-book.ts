import type { Exception } from '../../../core/exceptions/exception.ts';
import type { ExceptionBook } from '../../../core/exceptions/ports.ts';

export interface FakeExceptionBook extends ExceptionBook {
  readonly exceptions: Map<string, Exception>;
}

/** An exception book in memory that keeps the port's promises. */
export function fakeExceptionBook(): FakeExceptionBook {
  const exceptions = new Map<string, Exception>();
  return {
    exceptions,
    open: (exception) => {
      if (exceptions.has(exception.id)) return Promise.resolve('exists');
      exceptions.set(exception.id, exception);
      return Promise.resolve('opened');
    },
    resolve: (id, resolvedAt) => {
      const standing = exceptions.get(id);
      if (!standing || standing.resolvedAt !== undefined) return Promise.resolve('notOpen');
      exceptions.set(id, { ...standing, resolvedAt, version: standing.version + 1 });
      return Promise.resolve('resolved');
    },
  };
}
