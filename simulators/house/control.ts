import * as z from 'zod';
import type { Books } from './books.ts';
import type { Clock } from './clock.ts';
import type { Faults, Misfortune } from './faults.ts';
import { faultSchema } from './faults.ts';
import type { Latency } from './latency.ts';
import type { Answer, Call, DescribeError, Route } from './server.ts';
import { dropped, Refusal } from './server.ts';

export interface Behaviour {
  readonly clock: Clock;
  /** Called when the clock was set; answers when what fell due by that is done. */
  readonly clockSet?: () => Promise<void>;
  readonly faults: Faults;
  readonly latency: Latency;
}

/** How much of a call's usual time passes before it is carried out; the rest passes before the answer leaves. */
const shareBefore = 0.5;

/**
 * Carries out one call of the business with the usual latency and the faults that it draws. `work` decides and commits
 * at once, so half of the time before it and half after it means that a caller who gives up, or a kill, hits both an
 * unborn and a committed transaction. A caller who has gone does not stop the work: a real network does not stop either.
 */
export async function misbehave(
  { faults, latency }: Behaviour,
  operation: string,
  describeError: DescribeError,
  work: () => Answer,
): Promise<Answer | typeof dropped> {
  const { delayMilliseconds, breakage }: Misfortune = faults.draw(operation);
  const usual = latency.draw();
  await pause(delayMilliseconds + usual * shareBefore);
  switch (breakage) {
    case 'drop_before':
      return dropped;
    case 'error':
      return { status: 500, body: describeError(500, 'internal error') };
    case 'drop_after':
      work();
      return dropped;
    case undefined: {
      const answer = work();
      await pause(usual * (1 - shareBefore));
      return answer;
    }
  }
}

/** The routes by which a test or the cloud around makes the simulator slow, faulty or early. */
export function controlRoutes(
  { clock, clockSet, faults, latency }: Behaviour,
  operations: readonly string[],
  books: Pick<Books, 'rememberClockOffset'>,
  describeError: DescribeError,
): readonly Route[] {
  const fault = faultSchema(operations);
  const parse = <T extends z.ZodType>(schema: T, { body }: Call): z.infer<T> =>
    parseOrRefuse(schema, body, describeError);
  return [
    {
      method: 'POST',
      path: '/faults',
      run: (call) => {
        faults.add(parse(fault, call));
        return { status: 200, body: { data: faults.list() } };
      },
    },
    { method: 'GET', path: '/faults', run: () => ({ status: 200, body: { data: faults.list() } }) },
    {
      method: 'DELETE',
      path: '/faults',
      run: () => {
        faults.clear();
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: '/latency',
      run: (call) => {
        latency.setMedian(parse(latencyBody, call).medianMs);
        return { status: 200, body: { medianMs: latency.median() } };
      },
    },
    {
      method: 'POST',
      path: '/clock',
      run: async (call) => {
        const { offsetMilliseconds } = parse(clockBody, call);
        books.rememberClockOffset(offsetMilliseconds);
        clock.setOffset(offsetMilliseconds);
        await clockSet?.();
        return { status: 200, body: { now: new Date(clock.now()).toISOString() } };
      },
    },
    { method: 'GET', path: '/clock', run: () => ({ status: 200, body: { now: new Date(clock.now()).toISOString() } }) },
  ];
}

/** Parses a body, or refuses it with 400 and a message that names the field but never its value. */
export function parseOrRefuse<T extends z.ZodType>(schema: T, body: unknown, describeError: DescribeError): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  const unknownFields = issue?.code === 'unrecognized_keys';
  const message = unknownFields ? 'unknown field' : (issue?.message ?? 'invalid');
  throw new Refusal(400, describeError(400, field === '' ? `body: ${message}` : `${field}: ${message}`));
}

const latencyBody = z.strictObject({ medianMs: z.number().min(0).max(600_000) });
/** At most a century ahead, so that no date leaves its four-digit year. */
const clockBody = z.strictObject({
  offsetMilliseconds: z
    .number()
    .min(0)
    .max(100 * 366 * 86_400_000)
    .transform(Math.round),
});

async function pause(milliseconds: number): Promise<void> {
  // Without latency no timer at all, so that the simulator keeps its pace.
  if (milliseconds <= 0) return;
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
