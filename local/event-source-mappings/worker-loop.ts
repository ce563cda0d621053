import { setTimeout as pause } from 'node:timers/promises';
import { AwsError } from '../kernel/aws-error.ts';
import type { Clock } from '../kernel/clock.ts';

export interface WorkerLoopOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Does what there is to do. A rejection is logged and tried again later. */
  readonly work: () => Promise<void>;
}

const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 60_000;
/** Under load, so many milliseconds of writes are taken in one read instead of a read for each. */
const restMilliseconds = 20;

/** Works when woken, once at a time, and rests by the clock after a failure. Idle, it costs nothing. */
export class WorkerLoop {
  readonly #options: WorkerLoopOptions;
  #state: 'waiting' | 'started' | 'closed' = 'waiting';
  #woken = false;
  #running = false;
  #restUntil = 0;
  #failures = 0;
  #lastComplaint = '';
  #workedAt = -Infinity;
  #cancelTimer = (): void => undefined;

  constructor(options: WorkerLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#state = 'started';
    this.wake();
  }

  wake(): void {
    this.#woken = true;
    if (this.#state === 'started' && !this.#running && this.#restUntil <= this.#options.clock.now()) void this.#run();
  }

  /** Rests until a time of the clock, whatever wakes it in between. */
  restUntil(at: number): void {
    this.#restUntil = at;
    this.wakeAt(at);
  }

  /** Wakes at a time of the clock, or earlier when there is something new. */
  wakeAt(at: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.at(at, () => this.wake());
  }

  /** Backs off exponentially, counting failures until `succeeded`. */
  backOff(): void {
    const wait = Math.min(firstPauseMilliseconds * 2 ** this.#failures, longestPauseMilliseconds);
    this.#failures += 1;
    this.restUntil(this.#options.clock.now() + wait);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#lastComplaint = '';
  }

  /** Says something on the console, but not the same thing again and again. */
  complain(about: string): void {
    if (about !== this.#lastComplaint) this.#options.log(`${this.#options.name}: ${about}`);
    this.#lastComplaint = about;
  }

  resting(): boolean {
    return this.#restUntil > this.#options.clock.now();
  }

  closed(): boolean {
    return this.#state === 'closed';
  }

  busy(): boolean {
    return this.#running;
  }

  close(): void {
    this.#state = 'closed';
    this.#cancelTimer();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#woken && !this.closed() && !this.resting()) {
        const rest = this.#workedAt + restMilliseconds - performance.now();
        if (rest > 0) await pause(rest);
        this.#woken = false;
        await this.#options.work();
        this.#workedAt = performance.now();
      }
    } catch (error) {
      if (this.closed()) return;
      this.complain(error instanceof AwsError ? `${error.code}: ${error.message}` : String(error));
      this.backOff();
    } finally {
      this.#running = false;
    }
  }
}
