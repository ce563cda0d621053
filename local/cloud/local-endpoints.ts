import type { IncomingMessage, ServerResponse } from 'node:http';
import { DateTime, Duration } from 'luxon';
import * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { faultKinds } from '../kernel/faults.ts';
import type { Fault, Faults } from '../kernel/faults.ts';
import type { Meter } from '../meter/meter.ts';
import { readSmallBody } from './read-small-body.ts';

/** What stands behind the operator's endpoints. */
export interface LocalEndpointsOptions {
  readonly outputs: () => unknown;
  readonly clock: Pick<Clock, 'now'>;
  readonly advance: (milliseconds: number) => Promise<void>;
  readonly faults: Pick<Faults, 'add' | 'clear' | 'list'>;
  readonly meter: Pick<Meter, 'report' | 'reset'>;
  /** The names that a fault may speak of. */
  readonly serviceNames: () => readonly string[];
  readonly executions: () => readonly unknown[];
  /** One run with its states, by its ARN; undefined when there is none. */
  readonly execution: (executionArn: string) => unknown;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** What the caller did wrong; its message is what they read. */
class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/**
 * The operator's endpoints under `/_local`, which exist on this machine alone.
 *
 * @returns A handler that answers whether the request was one of them.
 */
export function createLocalEndpoints(options: LocalEndpointsOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path !== '/_local' && !path.startsWith('/_local/')) return false;
    const { status, body } = isFromOtherSite(request)
      ? { status: 403, body: { message: 'The local endpoints are not for other sites.' } }
      : await answer(request, path, options);
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(body === undefined ? '' : JSON.stringify(body));
    return true;
  };
}

/** A page of another site, open in the owner's browser, must neither read secrets nor move the clock. */
function isFromOtherSite({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  const isLoopback = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/u.test(host);
  return !isLoopback || (origin !== undefined && origin !== `http://${host}`);
}

async function answer(request: IncomingMessage, path: string, options: LocalEndpointsOptions): Promise<Answer> {
  try {
    return await route(request, path, options);
  } catch (error) {
    if (error instanceof BadRequest) return { status: 400, body: { message: error.message } };
    return { status: 500, body: { message: error instanceof Error ? error.message : 'It failed.' } };
  }
}

async function route(request: IncomingMessage, path: string, options: LocalEndpointsOptions): Promise<Answer> {
  const { clock, faults } = options;
  const now = () => ({ now: new Date(clock.now()).toISOString() });
  const [, , resource = '', ...rest] = path.split('/');
  switch (`${request.method ?? ''} ${resource}${rest.length > 0 ? '/' : ''}`) {
    case 'GET outputs':
      return { status: 200, body: options.outputs() };
    case 'GET clock':
      return { status: 200, body: now() };
    case 'POST clock':
      await options.advance(parseAdvance(await readBody(request), clock.now()));
      return { status: 200, body: now() };
    case 'GET faults':
      return { status: 200, body: { faults: faults.list() } };
    case 'POST faults': {
      faults.add(parseFault(await readBody(request), options.serviceNames()));
      return { status: 201, body: { faults: faults.list() } };
    }
    case 'DELETE faults':
      faults.clear();
      return { status: 204 };
    case 'GET meter':
      return { status: 200, body: options.meter.report(readPer(request)) };
    case 'DELETE meter':
      options.meter.reset();
      return { status: 204 };
    case 'GET executions':
      return { status: 200, body: { data: options.executions() } };
    case 'GET executions/': {
      const execution = options.execution(decode(rest.join('/')));
      return execution === undefined ? notFound : { status: 200, body: execution };
    }
    default:
      return notFound;
  }
}

/** What the price is to be divided by: `?per=POST /v1/payments 201`. */
function readPer({ url = '/' }: IncomingMessage): string | undefined {
  return new URL(url, 'http://local').searchParams.get('per') ?? undefined;
}

const notFound: Answer = { status: 404, body: { message: 'Not Found' } };

async function readBody(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readSmallBody(request));
  } catch {
    throw new BadRequest('The body is not a JSON document of at most 64 KB.');
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadRequest('The path is not properly encoded.');
  }
}

function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new BadRequest(z.prettifyError(result.error));
}

const advanceBody = z.strictObject({ advance: z.string() });

/** Milliseconds from now on: `P1M` is as long as the month that follows. */
function parseAdvance(body: unknown, now: number): number {
  const { advance } = parse(advanceBody, body);
  const duration = Duration.fromISO(advance);
  const milliseconds = duration.isValid
    ? DateTime.fromMillis(now, { zone: 'utc' }).plus(duration).toMillis() - now
    : NaN;
  if (milliseconds >= 0) return milliseconds;
  throw new BadRequest(
    `"advance" is an ISO 8601 duration that is not negative, such as "PT1H" or "P14D", not "${advance}".`,
  );
}

const faultBody = z
  .strictObject({
    service: z.string(),
    operation: z.string().min(1).default('*'),
    kind: z.enum(faultKinds),
    rate: z.number().min(0).max(1).optional(),
    nth: z.int().min(1).optional(),
    seed: z.int().optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    delayMilliseconds: z.int().min(0).max(600_000).optional(),
  })
  .refine(({ rate, nth }) => rate === undefined || nth === undefined, {
    error: 'give either rate or nth',
    path: ['nth'],
  })
  .refine(({ kind, delayMilliseconds }) => kind === 'delay' || delayMilliseconds === undefined, {
    error: 'belongs to the kind delay alone',
    path: ['delayMilliseconds'],
  })
  .refine(({ kind, service }) => kind !== 'conflict' || service === 'dynamodb' || service === '*', {
    error: 'only dynamodb knows conflicts',
    path: ['kind'],
  })
  .refine(({ kind, operation }) => operation !== 'deliver' || ['duplicate', 'reorder', 'drop'].includes(kind), {
    error: 'a delivery can be doubled, reordered or dropped',
    path: ['kind'],
  });

function parseFault(body: unknown, serviceNames: readonly string[]): Fault {
  const { rate, nth, seed, until, delayMilliseconds, ...fault } = parse(faultBody, body);
  if (fault.service !== '*' && !serviceNames.includes(fault.service)) {
    throw new BadRequest(`There is no service "${fault.service}": it is "*" or one of ${serviceNames.join(', ')}.`);
  }
  return {
    ...fault,
    ...(rate === undefined ? {} : { rate }),
    ...(nth === undefined ? {} : { nth }),
    ...(seed === undefined ? {} : { seed }),
    ...(until === undefined ? {} : { until }),
    ...(delayMilliseconds === undefined ? {} : { delayMilliseconds }),
  };
}
