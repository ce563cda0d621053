import type { ExecutionEvent, StatePass } from './execution.ts';

interface OpenPass {
  readonly path: string;
  readonly state: string;
  readonly enteredAt: number;
  exitedAt?: number;
  error?: string;
}

/** The most that is kept of one run: a loop of thousands of states is no reason to run out of memory. */
const mostPasses = 1000;

/** Which states a run has passed and when: its events without their data. */
export class StatePasses {
  readonly #passes: OpenPass[] = [];
  readonly #open = new Map<string, OpenPass>();

  observe(event: ExecutionEvent): void {
    switch (event.kind) {
      case 'entered': {
        const pass = { path: event.path, state: event.state, enteredAt: event.at };
        if (this.#passes.length < mostPasses) this.#passes.push(pass);
        this.#open.set(event.path, pass);
        return;
      }
      case 'failed': {
        const pass = this.#open.get(event.path);
        if (pass) pass.error = event.error;
        return;
      }
      case 'exited': {
        const pass = this.#open.get(event.path);
        if (pass) pass.exitedAt = event.at;
        return;
      }
      default:
    }
  }

  list(): readonly StatePass[] {
    return this.#passes.map(({ state, enteredAt, exitedAt, error }) => ({
      state,
      enteredAt: new Date(enteredAt).toISOString(),
      ...(exitedAt === undefined ? {} : { exitedAt: new Date(exitedAt).toISOString() }),
      ...(error === undefined ? {} : { error }),
    }));
  }
}
