/** Why a run, or a branch of it, stops: out of time, told to, its process ends, or another branch has failed. */
export type InterruptReason = 'timeout' | 'aborted' | 'closed' | 'branch';

/** Thrown in a run that is told to stop; it passes every Retry and Catch. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly reason: InterruptReason;

  constructor(reason: InterruptReason) {
    super(`Interrupted: ${reason}`);
    this.reason = reason;
  }
}

/**
 * A way to stop a run, or one branch of it, at whatever it is waiting for. Lighter than AbortSignal, of which an
 * Express run would make several a millisecond.
 */
export class Interrupt {
  #reason: Interrupted | undefined;
  readonly #listeners = new Set<(reason: Interrupted) => void>();

  stop(reason: Interrupted): void {
    if (this.#reason) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
  }

  throwIfStopped(): void {
    if (this.#reason) throw this.#reason;
  }

  /** Hears of the stop, at once when it has come already. Answers how to stop listening. */
  onStop(listener: (reason: Interrupted) => void): () => void {
    if (this.#reason) {
      listener(this.#reason);
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/**
 * Waits for what `start` begins, but no longer than until the interrupt; what comes after that is nobody's. `start`
 * answers how to let go of it.
 */
export function orInterrupted<T>(
  interrupt: Interrupt,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const release = start(resolve, reject);
  const forget = interrupt.onStop(reject);
  return promise.finally(() => {
    forget();
    release();
  });
}
