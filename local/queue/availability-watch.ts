import type { Clock } from '../kernel/clock.ts';
import { atEitherTime } from '../kernel/either-time.ts';
import type { Queue } from './queue-definition.ts';

/** One receiver that waits for messages. */
export interface Waiting {
  /** Whether its time is over. */
  over(): boolean;
  /** Answers when messages may have become visible, or the time is over. */
  untilChange(): Promise<void>;
  end(): void;
}

interface Watched {
  readonly listeners: (() => void)[];
  readonly waiters: Set<() => void>;
  cancelTimer: () => void;
}

/**
 * Wakes long polls and event source mappings when a message becomes visible: at once after a change, or by a timer of
 * the clock at the time at which a hidden or delayed message shows itself. A queue for which nobody waits costs nothing.
 */
export class AvailabilityWatch {
  readonly #clock: Clock;
  readonly #nextVisibleAt: (queue: Queue, now: number) => number | undefined;
  #closed = false;
  readonly #watched = new Map<string, Watched>();

  constructor(clock: Clock, nextVisibleAt: (queue: Queue, now: number) => number | undefined) {
    this.#clock = clock;
    this.#nextVisibleAt = nextVisibleAt;
  }

  listen(queue: Queue, listener: () => void): void {
    this.#of(queue).listeners.push(listener);
    this.#setTimer(queue);
  }

  /** Says that messages were taken: they show themselves again later. */
  hidden(queue: Queue): void {
    this.#setTimer(queue);
  }

  /** Says that messages were sent, moved here, or given another time. */
  changed(queue: Queue): void {
    this.#setTimer(queue);
    const { listeners, waiters } = this.#of(queue);
    for (const wake of [...listeners, ...waiters]) wake();
  }

  /**
   * A wait of up to `seconds`, by the machine's time or by the clock's, whichever is first over: the clock may be held
   * still for the very function that waits here.
   */
  startWaiting(queue: Queue, seconds: number): Waiting {
    let isOver = seconds === 0;
    let wake = (): void => undefined;
    const finish = (): void => {
      isOver = true;
      wake();
    };
    const cancel = isOver
      ? (): void => undefined
      : atEitherTime(this.#clock, this.#clock.now() + seconds * 1000, finish);
    const { waiters } = this.#of(queue);
    const notice = (): void => wake();
    waiters.add(notice);
    if (!isOver) this.#setTimer(queue);
    return {
      over: () => isOver,
      untilChange: () => new Promise((resolve) => (wake = resolve)),
      end: () => {
        cancel();
        waiters.delete(notice);
      },
    };
  }

  closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    for (const { cancelTimer, waiters } of this.#watched.values()) {
      cancelTimer();
      for (const wake of waiters) wake();
    }
  }

  #of(queue: Queue): Watched {
    const known = this.#watched.get(queue.name);
    if (known !== undefined) return known;
    const watched: Watched = { listeners: [], waiters: new Set(), cancelTimer: () => undefined };
    this.#watched.set(queue.name, watched);
    return watched;
  }

  #setTimer(queue: Queue): void {
    const watched = this.#of(queue);
    watched.cancelTimer();
    watched.cancelTimer = (): void => undefined;
    if (this.#closed || watched.listeners.length + watched.waiters.size === 0) return;
    const next = this.#nextVisibleAt(queue, this.#clock.now());
    if (next !== undefined) watched.cancelTimer = this.#clock.at(next, () => this.changed(queue));
  }
}
