import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * One invocation or execution that may wait for others: what is to be added to its measured time, because somebody
 * whom it waited for is priced with more time than it took here.
 */
export interface Wait {
  addedMilliseconds: number;
}

interface PresentCall {
  readonly operation: string;
  readonly waiter: Wait | undefined;
}

const present = new AsyncLocalStorage<PresentCall>();

/** Makes a call for somebody who waits for its answer. */
export function callFor<T>(waiter: Wait | undefined, operation: string, call: () => Promise<T>): Promise<T> {
  return present.run({ operation, waiter }, call);
}

/**
 * Who waits for what is begun now, if it is begun by a call of this operation. Work that a call only causes (a stream
 * that is woken by a write) is begun under another operation, so that nobody is taken to wait for it.
 */
export function waiterOf(operation: string): Wait | undefined {
  const call = present.getStore();
  return call?.operation === operation ? call.waiter : undefined;
}
