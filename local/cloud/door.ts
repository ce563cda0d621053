/** The longest that a request waits, by the machine's time: much less than any time-out of a function or a client. */
const usualLongestMilliseconds = 5_000;

/**
 * Where requests from outside wait while the clock is being moved. It stands still at each due time until nobody is
 * busy, and clients that send on and on would let no such moment come.
 *
 * A wait is bounded, because what is under way may itself send a request, such as a function that calls its own API:
 * the clock would wait for it and it for the clock.
 */
export class Door {
  readonly #longestMilliseconds: number;
  #closings = 0;
  readonly #waiting = new Set<() => void>();

  constructor(longestMilliseconds = usualLongestMilliseconds) {
    this.#longestMilliseconds = longestMilliseconds;
  }

  /** Whoever comes while `work` is under way waits. */
  async closedWhile(work: () => Promise<void>): Promise<void> {
    this.#closings += 1;
    try {
      await work();
    } finally {
      this.#closings -= 1;
      if (this.#closings === 0) for (const goOn of [...this.#waiting]) goOn();
    }
  }

  /** Answers at once while the door is open, otherwise when it opens or the longest wait is over. */
  async pass(): Promise<void> {
    if (this.#closings === 0) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const goOn = () => {
      clearTimeout(timer);
      this.#waiting.delete(goOn);
      resolve(undefined);
    };
    const timer = setTimeout(goOn, this.#longestMilliseconds).unref();
    this.#waiting.add(goOn);
    await promise;
  }
}
