import type { HttpApiDefinition } from './api-definition.ts';
import type { HttpAnswer } from './function-answer.ts';
import type { HttpRequest } from './http-request.ts';
import type { IntegrationOutcome } from './integration.ts';
import type { VerifiedToken } from './jwt-authorizer.ts';
import { formatTime } from './request-event.ts';
import type { RouteMatch } from './route-matching.ts';

/** One request with what is found out about it on its way, for the access log in the end. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly requestId: string;
  /** Milliseconds since the epoch, by the clock. */
  readonly receivedAt: number;
  /** Real milliseconds, for durations. */
  readonly startedAt: number;
  match?: RouteMatch;
  token?: VerifiedToken;
  authorizerError?: string;
  integration?: IntegrationOutcome & { readonly milliseconds: number };
}

/** What one request's access log line may be made of: `$context` variables by their name, without that prefix. */
export type AccessLogContext = Readonly<Record<string, string | number | undefined>>;

/**
 * Fills a stage's access log format. A variable that is not known, or has no value, is `-`, as at AWS. There is no
 * variable for a body or an Authorization header, and what a client wrote cannot break out of a line or a JSON string.
 */
export function formatAccessLog(format: string, context: AccessLogContext): string {
  return format.replaceAll(/\$context\.([\w:-]+(?:\.[\w:-]+)*)/gu, (_variable, name: string) => {
    const value = Object.hasOwn(context, name) ? context[name] : undefined;
    return value === undefined ? '-' : JSON.stringify(String(value)).slice(1, -1);
  });
}

/** AWS's variables for access logs of HTTP APIs. Durations are whole milliseconds. */
export function accessLogContext(
  exchange: Exchange,
  answer: HttpAnswer,
  definition: HttpApiDefinition,
  accountId: string,
): AccessLogContext {
  const { request, requestId, receivedAt, startedAt, match, token, integration, authorizerError } = exchange;
  const claims = Object.entries(token?.claims ?? {}).map(
    ([name, value]) => [`authorizer.claims.${name}`, value] as const,
  );
  const errorMessage = integration?.error ?? answer.error;
  return {
    accountId,
    apiId: definition.id,
    'authorizer.error': authorizerError,
    domainName: request.headers['host'],
    'error.message': errorMessage,
    'error.messageString': errorMessage && JSON.stringify(errorMessage),
    extendedRequestId: requestId,
    httpMethod: request.method,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': request.headers['user-agent'],
    'integration.error': integration?.error,
    'integration.integrationStatus': integration?.lambdaStatus,
    'integration.latency': integration && Math.round(integration.milliseconds),
    'integration.status': integration?.lambdaStatus,
    integrationErrorMessage: integration?.error,
    integrationLatency: integration && Math.round(integration.milliseconds),
    integrationStatus: integration?.lambdaStatus,
    path: request.rawPath,
    protocol: request.protocol,
    requestId,
    requestTime: formatTime(receivedAt),
    requestTimeEpoch: receivedAt,
    responseLatency: Math.round(performance.now() - startedAt),
    responseLength: answer.body.length,
    routeKey: match?.route.key,
    stage: definition.stage.name,
    status: answer.status,
    ...Object.fromEntries(claims),
  };
}
