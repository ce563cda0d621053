import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import type { Route } from '../../contracts/route.ts';
import type { Principal } from '../../core/access/principal.ts';
import { parseBody } from './parse-body.ts';
import { readPrincipal } from './principal.ts';
import { problemDetails } from './problem-details.ts';
import { ProblemError } from './problem-error.ts';
import { requestLog } from './request-log.ts';

type Infer<T> = T extends z.ZodType ? z.infer<T> : undefined;
type Part<R extends Route, K extends 'body' | 'query' | 'pathParameters'> =
  R extends Record<K, infer T> ? Infer<T> : undefined;

/** What a handler gets: each part parsed by its route's schema. */
export interface ApiRequest<R extends Route> {
  /** The caller; of an open route, nobody. */
  readonly principal: R['scope'] extends 'open' ? undefined : Principal;
  readonly path: Part<R, 'pathParameters'>;
  readonly query: Part<R, 'query'>;
  readonly body: Part<R, 'body'>;
  /** Present on routes that require it. */
  readonly idempotencyKey: R['idempotent'] extends true ? string : undefined;
  /** API Gateway's id of this very request. */
  readonly requestId: string;
  /** When the request came in. */
  readonly now: Date;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The chain of every HTTP handler: one log line, problem details for everything thrown, and the request parsed by
 * the route's own schemas before the handler sees it.
 */
export function apiHandler<const R extends Route>(route: R, answer: (request: ApiRequest<R>) => Promise<ApiAnswer>) {
  // Schemas are made once: each compiles itself when it is first used.
  const stated = z.custom<ApiRequest<R>>();
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(requestLog(route))
    .use(problemDetails())
    .handler(async (event) => toResult(await answer(parseRequest(route, stated, event))));
}

function toResult({ status, body, headers }: ApiAnswer): APIGatewayProxyStructuredResultV2 {
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

const authorized = z.object({
  authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }),
});

/**
 * The request's parts by the route's schemas. The one place where types that follow from the route are joined to
 * values that were parsed by it: `stated` is z.custom, which says what the schemas of the route have just checked.
 */
function parseRequest<R extends Route>(
  route: R,
  stated: z.ZodType<ApiRequest<R>>,
  event: APIGatewayProxyEventV2,
): ApiRequest<R> {
  const context: unknown = event.requestContext;
  const claims = authorized.safeParse(context).data?.authorizer.jwt.claims;
  return stated.parse({
    principal: route.scope === 'open' ? undefined : readPrincipal(claims),
    path: parsePart(route.pathParameters, event.pathParameters ?? {}, 'path'),
    query: parsePart(route.query, event.queryStringParameters ?? {}, 'query'),
    idempotencyKey: route.idempotent ? readIdempotencyKey(event.headers['idempotency-key']) : undefined,
    body: readBody(route, event),
    requestId: event.requestContext.requestId,
    now: new Date(event.requestContext.timeEpoch),
  });
}

const nothing = z.strictObject({});

/** Of a route that takes no body nothing may be sent, or an object without anything in it: what is sent is meant. */
function readBody(
  { body: schema, largestBodyBytes }: Route,
  { body, isBase64Encoded }: APIGatewayProxyEventV2,
): unknown {
  if (schema) return parsePart(schema, parseBody(body, isBase64Encoded, largestBodyBytes), 'body');
  if (body !== undefined && body !== '') parsePart(nothing, parseBody(body, isBase64Encoded), 'body');
  return undefined;
}

function parsePart(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not a known field' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  throw new ProblemError('invalid_request', `The ${part} is not valid; see errors.`, errors);
}

/** At most 255 printable characters, as other payment APIs take them (IETF draft Idempotency-Key; Stripe's limit). */
function readIdempotencyKey(key: string | undefined): string {
  if (key === undefined || key === '') {
    throw new ProblemError(
      'idempotency_key_missing',
      'Send an Idempotency-Key header of your own choice: the same when you ask again, a new one for everything new.',
    );
  }
  if (!/^[\x20-\x7e]{1,255}$/u.test(key)) {
    throw new ProblemError(
      'idempotency_key_invalid',
      'The Idempotency-Key may have 1 to 255 printable ASCII characters.',
    );
  }
  return key;
}
