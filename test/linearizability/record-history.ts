import type { Operation } from './checker.ts';

/** The clocks of a history: one counter, which every beginning and every end moves on. */
export interface Clocks {
  readonly tick: () => number;
}

export function clocks(): Clocks {
  let ticks = 0;
  return {
    tick: () => {
      ticks += 1;
      return ticks;
    },
  };
}

/** What a client learned of one request: the answers to the steps that it consists of, in their order. */
export type Learned<Call, Answer> = readonly { readonly call: Call; readonly answer: Answer | undefined }[];

/**
 * Lets clients make their requests, each client one after the other and all of them at once, and writes down what they
 * learned with the times of it.
 */
export async function recordHistory<Request, Call, Answer>(
  clients: readonly (readonly Request[])[],
  send: (request: Request) => Promise<Learned<Call, Answer>>,
  { tick }: Clocks = clocks(),
): Promise<Operation<Call, Answer>[]> {
  const history: Operation<Call, Answer>[] = [];
  const live = async (requests: readonly Request[]) => {
    for (const request of requests) {
      const invokedAt = tick();
      const learned = await send(request);
      const now = tick();
      for (const step of learned) {
        history.push({ ...step, invokedAt, returnedAt: step.answer === undefined ? Infinity : now });
      }
    }
  };
  await Promise.all(clients.map(live));
  return history;
}
