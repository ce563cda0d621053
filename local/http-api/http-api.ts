import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { LogFiles } from '../functions/log-files.ts';
import type { ServiceOptions } from '../kernel/service.ts';
import type { UserPools } from '../user-pool/user-pools.ts';
import type { Exchange } from './access-log.ts';
import { accessLogContext, formatAccessLog } from './access-log.ts';
import type { HttpApiDefinition, RouteDefinition } from './api-definition.ts';
import { readHttpApi } from './api-definition.ts';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import type { HttpAnswer } from './function-answer.ts';
import { gatewayAnswer } from './function-answer.ts';
import type { HttpRequest } from './http-request.ts';
import { readRequest } from './http-request.ts';
import { callFunction } from './integration.ts';
import type { VerifyToken } from './jwt-authorizer.ts';
import { createJwtAuthorizer } from './jwt-authorizer.ts';
import { BodyTooLargeError, ClientGoneError, readBody } from './request-body.ts';
import { createRequestEvent } from './request-event.ts';
import type { MatchRoute, RouteMatch } from './route-matching.ts';
import { createMatcher } from './route-matching.ts';
import type { Throttle } from './throttle.ts';
import { createThrottle } from './throttle.ts';

export interface HttpApiOptions extends ServiceOptions {
  readonly userPools: Pick<UserPools, 'publicKey'>;
  /** Hears of every access log line, beside the file. */
  readonly onAccessLog?: (line: string) => void;
}

/** The template's HTTP API. */
export interface HttpApi {
  readonly name: 'apigateway';
  readonly apiId: string;
  /** Answers a request to the API: for `createServer`, or behind a server that has other paths too. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether a request is under way. */
  busy(): boolean;
  close(): Promise<void>;
}

/** API Gateway's quotas for HTTP APIs, in bytes. */
const largestHeadBytes = 10_240;
const largestBodyBytes = 10 * 1024 * 1024;

/**
 * An Amazon API Gateway HTTP API: routes, JWT authorizer with scopes, throttling, CORS, and Lambda functions in
 * payload format 2.0. Throws at once, by the resource's name, for what AWS would serve and this does not.
 */
export function createHttpApi(options: HttpApiOptions): HttpApi {
  const server = new ApiServer(readHttpApi(options.resources), options);
  return {
    name: 'apigateway',
    apiId: server.definition.id,
    listener: (incoming, outgoing) => {
      void server.serve(incoming, outgoing);
    },
    busy: () => server.underWay > 0,
    close: () => server.logFiles.flush(),
  };
}

class ApiServer {
  readonly definition: HttpApiDefinition;
  readonly logFiles: LogFiles;
  underWay = 0;
  readonly #options: HttpApiOptions;
  readonly #match: MatchRoute;
  readonly #throttle: Throttle;
  readonly #authorizers: ReadonlyMap<string, VerifyToken>;

  constructor(definition: HttpApiDefinition, options: HttpApiOptions) {
    this.definition = definition;
    this.#options = options;
    this.logFiles = new LogFiles(join(options.dataDir, 'logs'), options.log, options.metering?.logged);
    this.#match = createMatcher(definition.routes);
    this.#throttle = createThrottle(definition.stage);
    const authorizers = definition.routes.flatMap(({ authorizer }) => (authorizer ? [authorizer] : []));
    this.#authorizers = new Map(
      [...Map.groupBy(authorizers, ({ id }) => id)].flatMap(([id, [authorizer]]) =>
        authorizer ? [[id, createJwtAuthorizer(authorizer, options)] as const] : [],
      ),
    );
  }

  async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.underWay += 1;
    const exchange: Exchange = {
      request: readRequest(incoming),
      requestId: `${randomBytes(11).toString('base64url')}=`,
      receivedAt: Math.round(this.#options.clock.now()),
      startedAt: performance.now(),
    };
    try {
      const answer = await this.#answer(incoming, exchange);
      this.#write(outgoing, exchange, answer);
    } catch (error) {
      // A client that went away needs no answer, and a failure of ours must not look like one of the function.
      if (!(error instanceof ClientGoneError)) this.#options.log(`The HTTP API failed: ${String(error)}`);
      outgoing.destroy();
    } finally {
      this.underWay -= 1;
    }
  }

  async #answer(incoming: IncomingMessage, exchange: Exchange): Promise<HttpAnswer> {
    const { request } = exchange;
    const { cors } = this.definition;
    if (request.headBytes > largestHeadBytes) return gatewayAnswer(431, 'Request Header Fields Too Large');
    if (cors && isPreflight(request.method, request.headers)) {
      return { status: 204, headers: preflightHeaders(cors, request.headers['origin'] ?? ''), body: Buffer.alloc(0) };
    }
    const match = this.#find(request);
    if (match === 'malformed') return gatewayAnswer(400, 'Bad Request');
    if (!match) return gatewayAnswer(404, 'Not Found');
    exchange.match = match;
    if (!this.#throttle(match.route.key)) return gatewayAnswer(429, 'Too Many Requests');
    const refusal = await this.#authorize(match.route, exchange);
    if (refusal) return refusal;
    try {
      return await this.#integrate(match, exchange, await readBody(incoming, largestBodyBytes));
    } catch (error) {
      if (error instanceof BodyTooLargeError) return gatewayAnswer(413, 'Request Entity Too Large');
      throw error;
    }
  }

  #find({ method, rawPath }: HttpRequest): RouteMatch | undefined | 'malformed' {
    try {
      return this.#match(method, rawPath);
    } catch (error) {
      if (error instanceof URIError) return 'malformed';
      throw error;
    }
  }

  /** The answer to a request that may not pass, undefined for one that may. */
  async #authorize(route: RouteDefinition, exchange: Exchange): Promise<HttpAnswer | undefined> {
    if (!route.authorizer) return undefined;
    const verify = this.#authorizers.get(route.authorizer.id);
    const decision = await verify?.(readIdentity(exchange.request, route.authorizer.identitySources));
    switch (decision?.kind) {
      case undefined:
      case 'missing':
        exchange.authorizerError = 'no token';
        return gatewayAnswer(401, 'Unauthorized', { 'www-authenticate': 'Bearer' });
      case 'invalid':
        exchange.authorizerError = decision.description;
        return gatewayAnswer(401, 'Unauthorized', {
          'www-authenticate': challenge('', 'invalid_token', decision.description),
        });
      case 'valid':
        exchange.token = decision.token;
        if (route.scopes.length === 0 || route.scopes.some((scope) => decision.token.scopes.includes(scope)))
          return undefined;
        exchange.authorizerError = 'insufficient scope';
        return gatewayAnswer(403, 'Forbidden', {
          'www-authenticate': challenge(
            route.scopes.join(' '),
            'insufficient_scope',
            'the token does not have a scope of the route',
          ),
        });
    }
  }

  async #integrate(match: RouteMatch, exchange: Exchange, body: Buffer): Promise<HttpAnswer> {
    const { definition } = this;
    const { region, accountId, dispatch } = this.#options;
    const event = createRequestEvent({
      ...{ request: exchange.request, body, match, token: exchange.token, accountId },
      ...{ requestId: exchange.requestId, receivedAt: exchange.receivedAt, apiId: definition.id },
      ...{ stage: definition.stage.name, stageVariables: definition.stage.variables },
    });
    const stageArn = `arn:aws:execute-api:${region}:${accountId}:${definition.id}/${definition.stage.name}`;
    const startedAt = performance.now();
    const outcome = await callFunction(match.route, event, { dispatch, stageArn });
    exchange.integration = { ...outcome, milliseconds: performance.now() - startedAt };
    return outcome.answer;
  }

  #write(outgoing: ServerResponse, exchange: Exchange, answer: HttpAnswer): void {
    try {
      this.#send(outgoing, exchange, answer);
    } catch {
      // A header's name or value that HTTP does not allow: the function's answer is malformed.
      this.#send(outgoing, exchange, gatewayAnswer(500, 'Internal Server Error'));
    }
  }

  #send(outgoing: ServerResponse, exchange: Exchange, answer: HttpAnswer): void {
    const { cors } = this.definition;
    const { status, headers, body } = answer;
    const own = Object.entries(headers).filter(
      ([name]) => !cors || exchange.integration === undefined || !name.startsWith('access-control-'),
    );
    outgoing.writeHead(status, {
      date: new Date(this.#options.clock.now()).toUTCString(),
      ...Object.fromEntries(own.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])),
      ...(cors && corsHeaders(cors, exchange.request.headers['origin'])),
      'apigw-requestid': exchange.requestId,
      ...(status !== 204 && status !== 304 && { 'content-length': body.length }),
    });
    outgoing.end(body);
    const { match, request } = exchange;
    const bytes = Number(request.headers['content-length'] ?? 0) + body.length;
    this.#options.metering?.answered({ route: match?.route.key ?? '-', status, bytes });
    this.#logAccess(exchange, answer);
  }

  #logAccess(exchange: Exchange, answer: HttpAnswer): void {
    const { definition } = this;
    const { accessLogFormat } = definition.stage;
    if (accessLogFormat === undefined) return;
    const line = formatAccessLog(
      accessLogFormat,
      accessLogContext(exchange, answer, definition, this.#options.accountId),
    );
    this.logFiles.append(`${definition.name.replaceAll(/[^\w.-]+/gu, '-')}-access`, line);
    this.#options.onAccessLog?.(line);
  }
}

/** The first of the places where a token may be that has something. */
function readIdentity(
  request: HttpRequest,
  sources: readonly { readonly kind: string; readonly name: string }[],
): string | undefined {
  const query = new URLSearchParams(request.rawQueryString);
  return sources
    .map(({ kind, name }) => (kind === 'header' ? request.headers[name] : (query.get(name) ?? undefined)))
    .find((value) => value !== undefined);
}

function challenge(scope: string, error: string, description: string): string {
  return `Bearer scope="${scope}" error="${error}" error_description="${description}"`;
}
