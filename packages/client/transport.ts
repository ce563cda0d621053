import type { Problem } from '../../contracts/problem.ts';

/** Says whether an answer is what was asked for; the API checks the rest by its own schemas. */
export type Guard<T> = (answer: unknown) => answer is T;

export interface ApiCall<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly expect: Guard<T>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

export interface ClientOptions {
  /** The stack's `apiUrl`. */
  readonly apiUrl: string;
  /** An access token, asked for before each request; `clientCredentials` makes one for machine clients. */
  readonly accessToken: () => Promise<string>;
  /** Waits so many milliseconds before a further try; a timer when left out. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** An answer that is not a success. `code` is stable; of API Gateway's own answers there is only a status. */
export class QuittanceError extends Error {
  override readonly name = 'QuittanceError';
  readonly status: number;
  readonly code: string | undefined;
  readonly problem: Problem | undefined;

  constructor(status: number, problem: Problem | undefined, message: string) {
    super(message);
    this.status = status;
    this.problem = problem;
    this.code = problem?.code;
  }
}

/** Waits before each further try after a failure that passes, in milliseconds. */
const pauses = [200, 800, 3000];
/** A first request runs for 30 seconds at most; while it does, asking again is the only right thing. */
const inFlightPauseMilliseconds = 1000;
const inFlightTries = 35;

/** What one try came to. */
type Tried<T> =
  | { readonly kind: 'answered'; readonly value: T }
  /** The first request under this key is still under way. */
  | { readonly kind: 'inFlight'; readonly error: QuittanceError }
  | { readonly kind: 'passing'; readonly error: unknown }
  | { readonly kind: 'final'; readonly error: unknown };

/**
 * Sends a call, and again after a lost connection, an answer that broke off, or one that passes (429, 5xx): reads
 * always, writes only under their Idempotency-Key. While the first request under a key is in flight it is asked for
 * until it has certainly ended.
 */
export function createTransport(options: ClientOptions) {
  const { pause = wait } = options;
  const send = async <T>(call: ApiCall<T>): Promise<T> => {
    const mayRepeat = call.method !== 'POST' || call.idempotencyKey !== undefined;
    const left = { passing: mayRepeat ? [...pauses] : [], inFlight: inFlightTries };
    for (;;) {
      const tried = await tryOnce(options, call);
      if (tried.kind === 'answered') return tried.value;
      const milliseconds = nextPause(tried.kind, left);
      if (milliseconds === undefined) throw tried.error;
      await pause(milliseconds);
    }
  };
  return { send };
}

/** Sends a call and answers what it was asked for. */
export type Send = ReturnType<typeof createTransport>['send'];

function nextPause(
  kind: Exclude<Tried<unknown>['kind'], 'answered'>,
  left: { passing: number[]; inFlight: number },
): number | undefined {
  switch (kind) {
    case 'inFlight':
      left.inFlight -= 1;
      return left.inFlight < 0 ? undefined : inFlightPauseMilliseconds;
    case 'passing':
      return left.passing.shift();
    case 'final':
      return undefined;
  }
}

async function tryOnce<T>(options: ClientOptions, call: ApiCall<T>): Promise<Tried<T>> {
  let status: number;
  let body: unknown;
  try {
    const answer = await sendOnce(options, call);
    status = answer.status;
    if (answer.ok) body = status === 204 ? undefined : await answer.json();
    else body = await answer.json().catch(() => undefined);
  } catch (error) {
    return { kind: 'passing', error };
  }
  if (status < 200 || status > 299) return failed(toError(status, body));
  if (call.expect(body)) return { kind: 'answered', value: body };
  return { kind: 'final', error: new QuittanceError(status, undefined, 'The answer is not what the API promises') };
}

function failed(error: QuittanceError): Exclude<Tried<never>, { kind: 'answered' }> {
  if (error.code === 'idempotency_in_flight') return { kind: 'inFlight', error };
  return { kind: error.status === 429 || error.status >= 500 ? 'passing' : 'final', error };
}

/** Whether a value is an object with this value under this key. */
export function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}

async function sendOnce(
  { apiUrl, accessToken }: ClientOptions,
  { method, path, body, idempotencyKey }: ApiCall<unknown>,
): Promise<Response> {
  return fetch(new URL(path, apiUrl), {
    method,
    headers: {
      authorization: `Bearer ${await accessToken()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    redirect: 'error',
  });
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function toError(status: number, body: unknown): QuittanceError {
  if (isProblem(body)) return new QuittanceError(status, body, `${body.code}: ${body.detail}`);
  return new QuittanceError(status, undefined, `The API answered ${status}`);
}

function isProblem(body: unknown): body is Problem {
  return has(body, 'code') && has(body, 'detail') && typeof body.code === 'string';
}
