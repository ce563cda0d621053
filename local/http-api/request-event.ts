import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { RouteMatch } from './route-matching.ts';
import type { HttpRequest } from './http-request.ts';
import { readQuery } from './http-request.ts';
import type { VerifiedToken } from './jwt-authorizer.ts';

export interface RequestEventInput {
  readonly request: HttpRequest;
  readonly body: Buffer;
  readonly match: RouteMatch;
  /** Undefined for a route without an authorizer. */
  readonly token: VerifiedToken | undefined;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly apiId: string;
  readonly accountId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
}

/** The event that a function gets: payload format 2.0 of a Lambda proxy integration. Absent parts are left out. */
export function createRequestEvent(input: RequestEventInput): Record<string, unknown> {
  const { request, body, match, stageVariables } = input;
  const queryStringParameters = readQuery(request.rawQueryString);
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(request.cookies.length > 0 && { cookies: request.cookies }),
    headers: { ...request.headers, ...forwardingHeaders(input) },
    ...(queryStringParameters && { queryStringParameters }),
    requestContext: requestContext(input),
    ...(Object.keys(match.pathParameters).length > 0 && { pathParameters: match.pathParameters }),
    ...(stageVariables && { stageVariables }),
    ...encodeBody(body, request.headers['content-type']),
  };
}

/** What API Gateway adds on the way. */
function forwardingHeaders({ request, receivedAt }: RequestEventInput): Record<string, string> {
  const forwardedFor = request.headers['x-forwarded-for'];
  const [, port = '80'] = /:(\d+)$/u.exec(request.headers['host'] ?? '') ?? [];
  return {
    'x-forwarded-for': forwardedFor === undefined ? request.sourceIp : `${forwardedFor}, ${request.sourceIp}`,
    'x-forwarded-port': port,
    'x-forwarded-proto': 'http',
    'x-amzn-trace-id': `Root=1-${Math.floor(receivedAt / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`,
  };
}

function requestContext(input: RequestEventInput): Record<string, unknown> {
  const { request, match, token, requestId, receivedAt, apiId, accountId, stage } = input;
  const domainName = (request.headers['host'] ?? 'localhost').replace(/:\d+$/u, '');
  const scopes = match.route.scopes.length > 0 ? token?.scopes : null;
  return {
    accountId,
    apiId,
    ...(token && { authorizer: { jwt: { claims: token.claims, scopes } } }),
    domainName,
    domainPrefix: domainName.split('.', 1)[0],
    http: {
      method: request.method,
      path: request.rawPath,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey: match.route.key,
    stage,
    time: formatTime(receivedAt),
    timeEpoch: receivedAt,
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The common log format's time, such as `12/Mar/2020:19:03:58 +0000`. */
export function formatTime(at: number): string {
  const [year, month, day, time] = new Date(at).toISOString().split(/[-T.]/u);
  return `${day ?? ''}/${months[Number(month) - 1] ?? ''}/${year ?? ''}:${time ?? ''} +0000`;
}

/**
 * API Gateway hands on text for these types alone; all else, forms and bodies without a type too, is base64
 * (measured at AWS by others: ministackorg/ministack, pull request 766).
 */
const textTypes = /^(?:text\/[^;]*|application\/(?:json|xml|javascript))\s*(?:;|$)/iu;

function encodeBody(
  body: Buffer,
  contentType: string | undefined,
): { readonly body?: string; readonly isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  // What calls itself text but is not UTF-8 would be mutilated as a string.
  const isText = textTypes.test(contentType ?? '') && isUtf8(body);
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}
