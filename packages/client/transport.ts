import type { Problem } from '../../contracts/problem.ts';

/** Says whether an answer is what was asked for; the API checks the rest by its own schemas. */
export type Guard<T> = (answer: unknown) => answer is T;

export interface ApiCall<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly expect: Guard<T>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
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

/** Waits before each further try, in milliseconds. */
const pauses = [200, 800, 3000];

/**
 * Sends a call, and again after a lost connection or an answer that passes (409 while the first is in flight, 429, 5xx):
 * reads always, writes only under their Idempotency-Key.
 */
export function createTransport(options: { readonly apiUrl: string; readonly accessToken: () => Promise<string> }) {
  const send = async <T>(call: ApiCall<T>): Promise<T> => {
    const mayRepeat = call.method !== 'POST' || call.idempotencyKey !== undefined;
    for (let attempt = 0; ; attempt += 1) {
      const pause = mayRepeat ? pauses[attempt] : undefined;
      const answer = await sendOnce(options, call).catch((error: unknown) => {
        if (pause === undefined) throw error;
        return undefined;
      });
      if (answer?.ok) return read(answer, call.expect);
      if (answer) {
        const error = await toError(answer);
        if (pause === undefined || !passes(error)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  return { send };
}

async function read<T>(answer: Response, expect: Guard<T>): Promise<T> {
  const body: unknown = answer.status === 204 ? undefined : await answer.json();
  if (!expect(body)) throw new QuittanceError(answer.status, undefined, 'The answer is not what the API promises');
  return body;
}

/** Whether a value is an object with this value under this key. */
export function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}

async function sendOnce(
  { apiUrl, accessToken }: { readonly apiUrl: string; readonly accessToken: () => Promise<string> },
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

function passes({ status, code }: QuittanceError): boolean {
  return code === 'idempotency_in_flight' || status === 429 || status >= 500;
}

async function toError(answer: Response): Promise<QuittanceError> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (isProblem(body)) return new QuittanceError(answer.status, body, `${body.code}: ${body.detail}`);
  return new QuittanceError(answer.status, undefined, `The API answered ${answer.status}`);
}

function isProblem(body: unknown): body is Problem {
  return has(body, 'code') && has(body, 'detail') && typeof body.code === 'string';
}
