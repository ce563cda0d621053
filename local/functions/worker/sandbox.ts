import type { BatchedPost } from '../batched-post.ts';
import type { FromWorker, LogLevel, WorkerFunction } from '../messages.ts';
import type { BundleInstance, InvocationContext, RunningInvocation } from './invocation-context.ts';
import { invocationContext } from './invocation-context.ts';
import { createLambdaContext } from './lambda-context.ts';
import type { Handler } from './load-bundle.ts';
import { loadBundle } from './load-bundle.ts';
import { OutsideTime } from './outside-time.ts';
import { createConsole, writeRecord } from './own-console.ts';
import { SandboxExit, createProcess } from './own-process.ts';
import { RuntimeError, reportError } from './runtime-error.ts';

interface ReadyBundle {
  readonly instance: BundleInstance;
  readonly handler: Handler;
}

/**
 * The functions of one worker thread: loads each bundle when it is first needed, runs invocations, and ends a bundle
 * by forgetting it, so that its next invocation starts from a fresh import as after the end of a sandbox in AWS.
 */
export class Sandbox {
  readonly #definitions = new Map<string, WorkerFunction>();
  readonly #ready = new Map<string, ReadyBundle>();
  readonly #running = new Map<string, InvocationContext>();
  readonly #post: BatchedPost<FromWorker>;
  readonly #cacheDirectory: string;
  #processorTime = process.threadCpuUsage();

  constructor(post: BatchedPost<FromWorker>, cacheDirectory: string) {
    this.#post = post;
    this.#cacheDirectory = cacheDirectory;
  }

  define(definition: WorkerFunction): void {
    this.#definitions.set(definition.name, definition);
    this.#ready.delete(definition.name);
  }

  /** Imports a bundle ahead of its first invocation. What it throws then is thrown again at that invocation. */
  import(functionName: string): void {
    try {
      this.#load(functionName);
    } catch (error) {
      this.#log(this.#definitionOf(functionName), 'ERROR', [error]);
    }
  }

  invoke(id: string, functionName: string, payload: string): void {
    try {
      const { instance, handler } = this.#load(functionName);
      const context: InvocationContext = { instance, invocation: newInvocation(id) };
      this.#running.set(id, context);
      void invocationContext.run(context, () => this.#run(context, handler, payload));
    } catch (error) {
      const definition = this.#definitionOf(functionName);
      if (!(error instanceof SandboxExit)) this.#log(definition, 'ERROR', [reportError(error)]);
      const report = error instanceof SandboxExit ? exitReport(id, error.exitCode) : reportError(error);
      this.#postAnswer(newInvocation(id), true, JSON.stringify(report));
    }
  }

  /** Ends an invocation without an answer: its code may still run, but reaches nothing any more. */
  abandon(id: string): void {
    const context = this.#running.get(id);
    if (context?.invocation) {
      context.invocation.state = 'abandoned';
      this.#running.delete(id);
      this.#retire(context.instance);
    }
    this.#post.now({ kind: 'abandoned', id });
  }

  /**
   * Something failed outside every promise of a handler (a timer, an event's listener). Answers false when no bundle
   * can be blamed: the thread itself is broken then.
   */
  crash(error: unknown, kind: 'exception' | 'rejection'): boolean {
    const context = invocationContext.getStore();
    if (!context) return false;
    if (error instanceof SandboxExit) return true;
    const wrapped =
      kind === 'rejection' ? new RuntimeError('Runtime.UnhandledPromiseRejection', String(error)) : undefined;
    this.#log(context.instance.definition, 'ERROR', [reportError(wrapped ?? error)]);
    this.#end(context, (id) => (wrapped ? reportError(wrapped) : exitReport(id, 129)));
    return true;
  }

  #definitionOf(functionName: string): WorkerFunction {
    const definition = this.#definitions.get(functionName);
    if (!definition) throw new Error(`Function ${functionName} was not defined in this worker.`);
    return definition;
  }

  #load(functionName: string): ReadyBundle {
    const known = this.#ready.get(functionName);
    if (known) return known;
    const definition = this.#definitionOf(functionName);
    try {
      const instance = this.#createInstance(definition);
      const handler = invocationContext.run({ instance, invocation: undefined }, () =>
        loadBundle(instance, this.#cacheDirectory),
      );
      const ready = { instance, handler };
      this.#ready.set(functionName, ready);
      return ready;
    } finally {
      this.#post.now({ kind: 'imported', functionName });
      if (!this.#ready.has(functionName)) this.#post.now({ kind: 'forgotten', functionName });
    }
  }

  #createInstance(definition: WorkerFunction): BundleInstance {
    const { console, ...streams } = createConsole(definition, this.#writeLine);
    const process = createProcess(definition, streams, (exitCode) => {
      const context = invocationContext.getStore() ?? { instance, invocation: undefined };
      this.#end(context, (id) => exitReport(id, exitCode));
    });
    const instance: BundleInstance = { definition, surroundings: { process, console } };
    return instance;
  }

  async #run(context: InvocationContext, handler: Handler, payload: string): Promise<void> {
    const { definition } = context.instance;
    try {
      const event: unknown = JSON.parse(payload);
      const answer = await handler(event, createLambdaContext(definition, context.invocation?.id ?? ''));
      this.#answer(context, false, serialize(answer));
    } catch (error) {
      if (error instanceof SandboxExit) return;
      const report = reportError(error);
      this.#log(definition, 'ERROR', [report]);
      this.#answer(context, true, JSON.stringify(report));
    }
  }

  #answer(context: InvocationContext, failed: boolean, payload: string): void {
    if (context.invocation?.state !== 'running') return;
    context.invocation.state = 'answered';
    this.#running.delete(context.invocation.id);
    this.#postAnswer(context.invocation, failed, payload);
  }

  #postAnswer({ id, outside }: RunningInvocation, failed: boolean, payload: string): void {
    const used = process.threadCpuUsage(this.#processorTime);
    this.#processorTime = process.threadCpuUsage();
    const processorMicroseconds = used.user + used.system;
    this.#post.soon({ kind: 'answered', id, failed, payload, outside: outside.sum(), processorMicroseconds });
  }

  /** Ends an invocation with its sandbox; code that belongs to no invocation ends all those of its bundle. */
  #end(context: InvocationContext, report: (id: string) => unknown): void {
    const ended = [...this.#running.values()].filter((other) =>
      context.invocation ? other === context : other.instance === context.instance,
    );
    for (const { invocation } of ended) {
      if (!invocation) continue;
      invocation.state = 'abandoned';
      this.#running.delete(invocation.id);
      this.#postAnswer(invocation, true, JSON.stringify(report(invocation.id)));
    }
    this.#retire(context.instance);
  }

  #retire(instance: BundleInstance): void {
    const { name } = instance.definition;
    if (this.#ready.get(name)?.instance !== instance) return;
    this.#ready.delete(name);
    this.#post.now({ kind: 'forgotten', functionName: name });
  }

  #log(definition: WorkerFunction, level: LogLevel, parameters: readonly unknown[]): void {
    writeRecord(definition, this.#writeLine, level, parameters);
  }

  /** At once: code that then blocks or ends this thread must not take its last lines with it. */
  readonly #writeLine = (functionName: string, line: string): void => {
    this.#post.now({ kind: 'logged', functionName, line });
  };
}

function newInvocation(id: string): RunningInvocation {
  return { id, state: 'running', outside: new OutsideTime() };
}

/** JSON has no undefined; Lambda answers null then. */
function serialize(answer: unknown): string {
  try {
    return JSON.stringify(answer === undefined ? null : answer);
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

function exitReport(id: string, exitCode: number): { readonly errorType: string; readonly errorMessage: string } {
  const reason =
    exitCode === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${exitCode}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${id} Error: ${reason}` };
}
