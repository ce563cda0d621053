import type { MeasuredCaller, MeasuredExecution } from '../kernel/metering.ts';
import { Tally, others } from './tally.ts';
import type { Wait } from './waits.ts';
import { callFor, waiterOf } from './waits.ts';

/**
 * What AWS charges for an Express execution: its duration, rounded up to 100 ms, times its memory in chunks of 64 MB,
 * of which 50 MB and the definition are always there, and the data once for each branch of its Map and Parallel states.
 * https://aws.amazon.com/step-functions/pricing/ (examples 3 and 4)
 */
const baseBytes = 50 * 1024 * 1024;
const chunkMegabytes = 64;
const stepMilliseconds = 100;

interface ExpressSums {
  readonly name: string;
  executions: number;
  failed: number;
  milliseconds: number;
  pricedMilliseconds: number;
  gigabyteHours: number;
}

/** Express executions: their number and durations, priced with the declared times of those whom they wait for. */
export class ExpressExecutions {
  readonly #sums = new Tally<ExpressSums>(() => newSums(others));

  begin(
    { name, definition }: { readonly name: string; readonly definition: string },
    input: string,
  ): MeasuredExecution & MeasuredCaller {
    const waiter = waiterOf('StartSyncExecution');
    const own: Wait = { addedMilliseconds: 0 };
    const startedAt = performance.now();
    let copies = 1;
    return {
      callFor: (operation, call) => callFor(own, operation, call),
      forked: (branches) => {
        copies += branches;
      },
      end: ({ failed }) => {
        const milliseconds = performance.now() - startedAt;
        if (waiter) waiter.addedMilliseconds += own.addedMilliseconds;
        const priced = pricedMilliseconds(milliseconds + own.addedMilliseconds);
        const bytes = Buffer.byteLength(definition) + Buffer.byteLength(input) * copies;
        const sums = this.#sums.of(name, () => newSums(name));
        sums.executions += 1;
        sums.failed += failed ? 1 : 0;
        sums.milliseconds += milliseconds;
        sums.pricedMilliseconds += priced;
        sums.gigabyteHours += (billedMegabytes(bytes) / 1024) * (priced / 3_600_000);
      },
    };
  }

  requests(): number {
    return this.#sums.total(({ executions }) => executions);
  }

  gigabyteHours(): number {
    return this.#sums.total((sums) => sums.gigabyteHours);
  }

  report() {
    return this.#sums.list();
  }

  clear(): void {
    this.#sums.clear();
  }
}

export function pricedMilliseconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / stepMilliseconds)) * stepMilliseconds;
}

/** @param bytes What a workflow's definition and data take. */
export function billedMegabytes(bytes: number): number {
  return Math.ceil((baseBytes + bytes) / (chunkMegabytes * 1024 * 1024)) * chunkMegabytes;
}

function newSums(name: string): ExpressSums {
  return { name, executions: 0, failed: 0, milliseconds: 0, pricedMilliseconds: 0, gigabyteHours: 0 };
}
