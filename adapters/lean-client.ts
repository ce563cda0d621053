import { Sha256 } from './sha256.ts';

/**
 * What every SDK client is made with, for a call to take less of the processor. A cached chain of middlewares keeps the
 * first command of each kind, and what it held, for as long as the client lives: not for one that is told secrets.
 */
export const leanSettings = { sha256: Sha256, cacheMiddleware: true } as const;

/** The same for a client whose commands may hold what must not stay in memory. */
export const forgetfulSettings = { sha256: Sha256 } as const;

interface Client {
  readonly middlewareStack: { remove(name: string): boolean };
}

/**
 * Takes out the middleware that prepares each command and answer for a logger, field by field, and then has none: it
 * takes as long as a call's serialization.
 */
export function withoutLogger<C extends Client>(client: C): C {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
