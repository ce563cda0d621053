import { AsyncLocalStorage } from 'node:async_hooks';
import type { WorkerFunction } from '../messages.ts';
import type { OutsideTime } from './outside-time.ts';

/** What a bundle sees instead of the thread's own. */
export interface Surroundings {
  readonly process: NodeJS.Process;
  readonly console: Console;
}

/** One loaded bundle. What a bundle starts (timers, promises) stays attributed to it for as long as it runs. */
export interface BundleInstance {
  readonly definition: WorkerFunction;
  readonly surroundings: Surroundings;
}

/** Where a piece of running code belongs: to a bundle, and within it to an invocation unless it is being loaded. */
export interface InvocationContext {
  readonly instance: BundleInstance;
  readonly invocation: RunningInvocation | undefined;
}

export interface RunningInvocation {
  readonly id: string;
  readonly outside: OutsideTime;
  state: 'running' | 'answered' | 'abandoned';
}

/** The thread of ownership through all asynchronous calls. */
export const invocationContext = new AsyncLocalStorage<InvocationContext>();

/**
 * Throws when the calling code belongs to an invocation that ended by time-out or exit. In AWS its sandbox would be
 * gone, so nothing it still does may reach the outside.
 */
export function assertNotAbandoned(): void {
  const context = invocationContext.getStore();
  if (context?.invocation?.state !== 'abandoned') return;
  throw new Error(
    `Invocation ${context.invocation.id} of ${context.instance.definition.name} has ended; its sandbox is gone.`,
  );
}
