import type { Clock } from '../kernel/clock.ts';

interface Deadline {
  readonly at: number;
  readonly callback: () => void;
}

interface Queue {
  /** In the order in which they were set, which for one duration is the order in which they are due. */
  readonly deadlines: Set<Deadline>;
  armed: boolean;
}

/**
 * Time-outs of tasks and runs: thousands a second, nearly all of them cancelled. They share one timer of the clock per
 * duration, for the clock keeps a cancelled timer until its time has come.
 */
export class Deadlines {
  readonly #clock: Pick<Clock, 'now' | 'at'>;
  readonly #queues = new Map<number, Queue>();

  constructor(clock: Pick<Clock, 'now' | 'at'>) {
    this.#clock = clock;
  }

  /** Calls back once after so many milliseconds on the clock. Answers a cancel function. */
  after(milliseconds: number, callback: () => void): () => void {
    const queue = this.#queueOf(milliseconds);
    const deadline = { at: this.#clock.now() + milliseconds, callback };
    queue.deadlines.add(deadline);
    if (!queue.armed) this.#arm(queue, milliseconds);
    return () => void queue.deadlines.delete(deadline);
  }

  #queueOf(milliseconds: number): Queue {
    const known = this.#queues.get(milliseconds);
    if (known) return known;
    const queue = { deadlines: new Set<Deadline>(), armed: false };
    this.#queues.set(milliseconds, queue);
    return queue;
  }

  #arm(queue: Queue, milliseconds: number): void {
    const [first] = queue.deadlines;
    queue.armed = first !== undefined;
    if (!first) {
      this.#queues.delete(milliseconds);
      return;
    }
    this.#clock.at(first.at, () => {
      this.#fireDue(queue);
      this.#arm(queue, milliseconds);
    });
  }

  #fireDue(queue: Queue): void {
    const now = this.#clock.now();
    for (const deadline of queue.deadlines) {
      if (deadline.at > now) return;
      queue.deadlines.delete(deadline);
      deadline.callback();
    }
  }
}
