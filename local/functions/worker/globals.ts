import { invocationContext } from './invocation-context.ts';

/**
 * Makes the globals `process` and `console` those of the bundle whose code is running. A bundle has its own by name;
 * this is for code that asks globalThis, and for ES modules that a bundle imports.
 */
export function installGlobals(): void {
  const thread = { process: globalThis.process, console: globalThis.console };
  globalThis.process = new Proxy(thread.process, {
    get: (target, key): unknown =>
      Reflect.get(invocationContext.getStore()?.instance.surroundings.process ?? target, key),
    set: (target, key, value: unknown) =>
      Reflect.set(invocationContext.getStore()?.instance.surroundings.process ?? target, key, value),
  });
  globalThis.console = new Proxy(thread.console, {
    get: (target, key): unknown =>
      Reflect.get(invocationContext.getStore()?.instance.surroundings.console ?? target, key),
  });
}
