import { Worker } from 'node:worker_threads';
import type { GatewayRequest, GatewayResponse } from '../gateway/protocol.ts';
import type { OutsideCalls } from '../kernel/metering.ts';
import { createBatchedPost } from './batched-post.ts';
import type { FromWorker, ToWorker, WorkerFunction, WorkerSettings } from './messages.ts';

/** What an invocation came to: JSON text, and whether it is an error's. */
export interface Outcome {
  readonly failed: boolean;
  readonly payload: string;
  /** Unknown of an invocation that was ended. */
  readonly outside?: OutsideCalls;
}

export interface WorkerHooks {
  /** Takes the processor time that the thread has used since it told last, in microseconds. */
  readonly onProcessorTime: (microseconds: number) => void;
  /** Answers a request to the embedded cloud's endpoint that the thread hands over. */
  readonly respond?: ((request: GatewayRequest) => Promise<GatewayResponse | undefined>) | undefined;
  /** Takes a finished line of a function's log. */
  readonly onLine: (functionName: string, line: string) => void;
  /** The thread has ended, by itself or not; a new one has to be started. */
  readonly onEnd: () => void;
  /** A line for the operator. */
  readonly log: (line: string) => void;
}

interface Invocation {
  readonly functionName: string;
  readonly timeoutMilliseconds: number;
  readonly finish: (outcome: Outcome) => void;
  timer: NodeJS.Timeout;
}

/** Lambda lets the import of a bundle take this long before the time of its first invocation begins to run. */
const importLimitMilliseconds = 10_000;
/** A thread that does not even hear that an invocation timed out is stuck in a loop. */
const stuckAfterMilliseconds = 3_000;

/** One thread that runs functions, seen from the main thread: keeps their time, and sees them end. */
export class FunctionWorker {
  readonly #worker: Worker;
  readonly #hooks: WorkerHooks;
  readonly #defined = new Set<string>();
  readonly #imported = new Set<string>();
  readonly #invocations = new Map<string, Invocation>();
  readonly #unheard = new Map<string, NodeJS.Timeout>();
  readonly #imports = new Map<string, PromiseWithResolvers<undefined>>();
  #reasonOfEnd = 'exit status 1';
  #ended = false;

  constructor(settings: WorkerSettings, memoryMegabytes: number, hooks: WorkerHooks) {
    this.#hooks = hooks;
    this.#worker = new Worker(new URL('./worker/start.ts', import.meta.url), {
      workerData: settings,
      // Nothing of the operator's environment is a function's business.
      env: {},
      // Bundles import modules of Node through a part of node:vm that is still called experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    });
    this.#worker.on('message', (messages: readonly FromWorker[]) => messages.forEach((each) => this.#receive(each)));
    this.#worker.on('error', (error) => this.#noteError(error));
    this.#worker.on('exit', () => this.#end());
  }

  /** Whether this thread still takes invocations. */
  get isEnded(): boolean {
    return this.#ended;
  }

  /** Makes a function known to the thread, once; `build` is called only then. */
  define(functionName: string, build: () => WorkerFunction): void {
    if (this.#defined.has(functionName)) return;
    this.#post.soon({ kind: 'define', definition: build() });
    this.#defined.add(functionName);
  }

  /** Imports a bundle ahead of its first invocation; resolves when that has succeeded, failed or the thread has ended. */
  async import(functionName: string): Promise<void> {
    if (this.#ended || this.#imported.has(functionName)) return;
    const imported = this.#imports.get(functionName) ?? Promise.withResolvers<undefined>();
    this.#imports.set(functionName, imported);
    this.#post.soon({ kind: 'import', functionName });
    await imported.promise;
  }

  /** Runs an invocation of a defined function. Never rejects: whatever happens is an outcome. */
  run(id: string, functionName: string, timeoutMilliseconds: number, payload: string): Promise<Outcome> {
    return new Promise((finish) => {
      if (this.#ended) {
        finish(exitOutcome(id, this.#reasonOfEnd));
        return;
      }
      const allowed = timeoutMilliseconds + (this.#imported.has(functionName) ? 0 : importLimitMilliseconds);
      const timer = setTimeout(() => this.#timeOut(id), allowed);
      this.#invocations.set(id, { functionName, timeoutMilliseconds, finish, timer });
      this.#post.soon({ kind: 'invoke', id, functionName, payload });
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
    this.#end();
  }

  readonly #post = createBatchedPost<ToWorker>((messages) => this.#worker.postMessage(messages));

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'imported':
        this.#noteImported(message.functionName);
        break;
      case 'forgotten':
        this.#imported.delete(message.functionName);
        break;
      case 'answered':
        this.#hooks.onProcessorTime(message.processorMicroseconds);
        this.#finish(message.id, message);
        break;
      case 'abandoned':
        clearTimeout(this.#unheard.get(message.id));
        this.#unheard.delete(message.id);
        break;
      case 'handed':
        void this.#respond(message.number, message.request);
        break;
      case 'logged':
        this.#hooks.onLine(message.functionName, message.line);
        break;
      default:
        message satisfies never;
    }
  }

  async #respond(number: number, request: GatewayRequest): Promise<void> {
    const response = await this.#hooks.respond?.(request).catch(() => undefined);
    if (!this.#ended) this.#post.soon({ kind: 'replied', number, response });
  }

  /** From here an invocation's own time runs. */
  #noteImported(functionName: string): void {
    this.#imported.add(functionName);
    this.#imports.get(functionName)?.resolve(undefined);
    this.#imports.delete(functionName);
    for (const [id, invocation] of this.#invocations) {
      if (invocation.functionName !== functionName) continue;
      clearTimeout(invocation.timer);
      invocation.timer = setTimeout(() => this.#timeOut(id), invocation.timeoutMilliseconds);
    }
  }

  #timeOut(id: string): void {
    const seconds = ((this.#invocations.get(id)?.timeoutMilliseconds ?? 0) / 1_000).toFixed(2);
    this.#finish(
      id,
      errorOutcome('Sandbox.Timedout', `RequestId: ${id} Error: Task timed out after ${seconds} seconds`),
    );
    this.#post.soon({ kind: 'abandon', id });
    this.#unheard.set(
      id,
      setTimeout(() => void this.terminate(), stuckAfterMilliseconds),
    );
  }

  #finish(id: string, outcome: Outcome): void {
    const invocation = this.#invocations.get(id);
    if (!invocation) return;
    clearTimeout(invocation.timer);
    this.#invocations.delete(id);
    invocation.finish(outcome);
  }

  #noteError(error: unknown): void {
    if (String(error).includes('memory limit')) this.#reasonOfEnd = 'signal: killed';
    this.#hooks.log(`A function worker ended: ${String(error)}`);
  }

  /** Everything under way ends with the thread, as in a sandbox that dies. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#unheard.values()) clearTimeout(timer);
    for (const { resolve } of this.#imports.values()) resolve(undefined);
    for (const id of [...this.#invocations.keys()]) this.#finish(id, exitOutcome(id, this.#reasonOfEnd));
    this.#hooks.onEnd();
  }
}

function exitOutcome(id: string, reason: string): Outcome {
  return errorOutcome('Runtime.ExitError', `RequestId: ${id} Error: Runtime exited with error: ${reason}`);
}

function errorOutcome(errorType: string, errorMessage: string): Outcome {
  return { failed: true, payload: JSON.stringify({ errorType, errorMessage }) };
}
