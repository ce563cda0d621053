import { EventEmitter } from 'node:events';
// The real one: the global of this name is whatever bundle is running.
import process from 'node:process';
import type { Writable } from 'node:stream';
import type { WorkerFunction } from '../messages.ts';

/** Called when a bundle ends its process. Marks the invocation as ended; the code that called is then unwound. */
export type EndSandbox = (exitCode: number) => void;

/** Thrown through a bundle that called process.exit, since a thread that others share cannot be stopped there. */
export class SandboxExit extends Error {
  override readonly name = 'SandboxExit';
  readonly exitCode: number;

  constructor(functionName: string, exitCode: number) {
    super(`${functionName} ended its process with ${exitCode}.`);
    this.exitCode = exitCode;
  }
}

/**
 * The `process` that a bundle sees: its own environment, working directory, streams and listeners, and an exit that
 * ends its sandbox rather than the thread. All else is the real one's.
 */
export function createProcess(
  definition: WorkerFunction,
  streams: { readonly stdout: Writable; readonly stderr: Writable },
  end: EndSandbox,
): NodeJS.Process {
  const exit = (code?: number | string | null): never => {
    const exitCode = Number(code ?? overrides.get('exitCode') ?? 0);
    end(exitCode);
    throw new SandboxExit(definition.name, exitCode);
  };
  const overrides = new Map<string | symbol, unknown>(
    Object.entries({
      env: { ...definition.environment },
      ...streams,
      cwd: () => definition.directory,
      exit,
      reallyExit: exit,
      abort: () => exit(134),
      kill: () => exit(137),
      exitCode: undefined,
      ...ownListeners(),
    }),
  );
  return new Proxy(process, {
    get: (target, key): unknown => (overrides.has(key) ? overrides.get(key) : Reflect.get(target, key)),
    set: (_target, key, value: unknown) => {
      overrides.set(key, value);
      return true;
    },
    has: (target, key) => overrides.has(key) || Reflect.has(target, key),
  });
}

/** A bundle's listeners are its own: one for `uncaughtException` must not hear, or hide, what others do. */
function ownListeners(): Record<string, unknown> {
  const emitter = new EventEmitter();
  const names = [
    'on',
    'once',
    'off',
    'emit',
    'addListener',
    'removeListener',
    'removeAllListeners',
    'prependListener',
    'prependOnceListener',
    'listeners',
    'listenerCount',
    'eventNames',
    'setMaxListeners',
    'getMaxListeners',
  ] as const;
  return Object.fromEntries(names.map((name) => [name, emitter[name].bind(emitter)]));
}
