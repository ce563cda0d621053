import type { FunctionDefinition } from './function-definition.ts';
import type { Outcome, WorkerHooks } from './function-worker.ts';
import { FunctionWorker } from './function-worker.ts';
import type { WorkerFunction, WorkerSettings } from './messages.ts';

/**
 * Whether all functions share one thread (as fast as a thread each, in a fraction of the memory) or each has its own,
 * so that one which blocks, exhausts its memory or changes globals touches no other.
 */
export type Isolation = 'shared' | 'function';

export interface FunctionWorkersOptions {
  readonly isolation: Isolation;
  /** Memory of the shared thread; a thread of its own has the function's. */
  readonly sharedMemoryMegabytes: number;
  /** Called when a thread is started, which is when the endpoint must be known. */
  readonly settings: () => WorkerSettings;
  /** Called when a function is first used in a thread. */
  readonly toWorkerFunction: (definition: FunctionDefinition) => WorkerFunction;
  readonly hooks: Omit<WorkerHooks, 'onEnd'>;
}

/** The threads in which functions run, started when first needed and again after they ended. */
export class FunctionWorkers {
  readonly #options: FunctionWorkersOptions;
  readonly #workers = new Map<string, FunctionWorker>();
  #closed = false;

  constructor(options: FunctionWorkersOptions) {
    this.#options = options;
  }

  async run(definition: FunctionDefinition, id: string, payload: string): Promise<Outcome> {
    return this.#workerOf(definition).run(id, definition.name, definition.timeoutSeconds * 1_000, payload);
  }

  async import(definition: FunctionDefinition): Promise<void> {
    if (!this.#closed) await this.#workerOf(definition).import(definition.name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#workers.values()].map((worker) => worker.terminate()));
  }

  #workerOf(definition: FunctionDefinition): FunctionWorker {
    if (this.#closed) throw new Error('The function service is closed.');
    const { isolation, sharedMemoryMegabytes, settings, hooks, toWorkerFunction } = this.#options;
    const key = isolation === 'shared' ? '*' : definition.name;
    const memoryMegabytes = isolation === 'shared' ? sharedMemoryMegabytes : definition.memoryMegabytes;
    let worker = this.#workers.get(key);
    if (!worker || worker.isEnded) {
      worker = new FunctionWorker(settings(), memoryMegabytes, { ...hooks, onEnd: () => this.#forget(key) });
      this.#workers.set(key, worker);
    }
    worker.define(definition.name, () => toWorkerFunction(definition));
    return worker;
  }

  #forget(key: string): void {
    if (this.#workers.get(key)?.isEnded) this.#workers.delete(key);
  }
}
