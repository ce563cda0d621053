export interface BatchedPost<T> {
  /** Sends a message at the end of this turn of the event loop, together with all others of the turn. */
  readonly soon: (message: T) => void;
  /** Sends a message, and what waits before it, at once. */
  readonly now: (message: T) => void;
}

/**
 * Posts messages to the other thread in lists, their order kept: waking a thread costs more than most of what it is
 * woken for.
 */
export function createBatchedPost<T>(send: (messages: readonly T[]) => void): BatchedPost<T> {
  let waiting: T[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    const messages = waiting;
    waiting = [];
    send(messages);
  };
  return {
    soon: (message) => {
      if (waiting.push(message) === 1) setImmediate(flush);
    },
    now: (message) => {
      waiting.push(message);
      flush();
    },
  };
}
