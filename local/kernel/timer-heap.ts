interface Timer {
  readonly at: number;
  /** Timers due at the same time fire in the order in which they were set. */
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/**
 * Timers by due time, as a binary heap: thousands of waiting workflow runs cost a logarithm each. A cancelled timer
 * stays until it comes to the top, which is cheaper than looking for it.
 */
export class TimerHeap {
  #timers: Timer[] = [];
  #order = 0;

  /** Adds a callback due at `at` (milliseconds since the epoch). Answers a cancel function, harmless when too late. */
  add(at: number, callback: () => void): () => void {
    const timer: Timer = { at, order: (this.#order += 1), callback, cancelled: false };
    this.#timers.push(timer);
    this.#rise(this.#timers.length - 1);
    return () => {
      timer.cancelled = true;
    };
  }

  /** When the next callback is due, if there is one. */
  earliest(): number | undefined {
    while (this.#timers[0]?.cancelled === true) this.#take();
    return this.#timers[0]?.at;
  }

  /** Takes out what is due at `now`, in order; a callback cancelled by an earlier one of them is left out. */
  *takeDue(now: number): Generator<() => void> {
    const last = this.#order;
    for (let top = this.#timers[0]; top !== undefined && top.at <= now && top.order <= last; top = this.#timers[0]) {
      this.#take();
      if (!top.cancelled) yield top.callback;
    }
  }

  clear(): void {
    this.#timers = [];
  }

  #take(): void {
    const last = this.#timers.pop();
    if (last === undefined || this.#timers.length === 0) return;
    this.#timers[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const [lower, upper] = [this.#timers[child], this.#timers[parent]];
    if (lower === undefined || upper === undefined || !this.#isBefore(child, parent)) return false;
    this.#timers[child] = upper;
    this.#timers[parent] = lower;
    return true;
  }

  #isBefore(left: number, right: number): boolean {
    const [a, b] = [this.#timers[left], this.#timers[right]];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }
}
