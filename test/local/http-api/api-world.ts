import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenOnLoopback } from '../../../local/gateway/listen.ts';
import type { HttpApi } from '../../../local/http-api/http-api.ts';
import { createHttpApi } from '../../../local/http-api/http-api.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import { createFaults } from '../../../local/kernel/faults.ts';
import type { Call, JsonObject, Resource } from '../../../local/kernel/service.ts';
import { openStore } from '../../../local/kernel/store.ts';
import type { UserPools } from '../../../local/user-pool/user-pools.ts';
import { createUserPools } from '../../../local/user-pool/user-pools.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';
export const apiId = 'a1b2c3d4e5';
export const poolId = 'eu-central-1_abcdefghi';
export const issuer = `https://cognito-idp.${region}.amazonaws.com/${poolId}`;
export const clientId = 'client1';

/** The event of payload format 2.0, as far as tests look into it. */
export type ApiEvent = Record<string, unknown> & {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: Record<string, unknown> & { readonly http: Record<string, unknown> };
};

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SentRequest {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

export interface ApiWorld {
  readonly api: HttpApi;
  readonly userPools: UserPools;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly url: string;
  /** Calls of functions, in order. */
  readonly calls: readonly Call[];
  readonly lines: readonly string[];
  readonly accessLog: readonly string[];
  /** The event of the last call. */
  readonly lastEvent: () => ApiEvent;
  readonly send: (path: string, request?: SentRequest) => Promise<Response>;
  /** A token of the pool's own key. */
  readonly token: (scopes?: readonly string[], expiresInSeconds?: number) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface RouteGiven {
  readonly key: string;
  readonly scopes?: readonly string[];
  /** Closed by the JWT authorizer. */
  readonly closed?: boolean;
  readonly integration?: JsonObject;
}

export interface ApiWorldOptions {
  readonly routes: readonly (string | RouteGiven)[];
  /** What the function answers to an event; a string is its JSON text. Default: 200 with an empty object. */
  readonly answer?: (event: ApiEvent, call: Call) => unknown;
  /** What Lambda answers, in place of `answer`. */
  readonly invoke?: (call: Call) => Promise<JsonObject>;
  readonly api?: JsonObject;
  readonly stage?: JsonObject;
  readonly authorizer?: JsonObject;
}

/** An HTTP API on a folder of its own, behind a real server, before functions that the test plays. */
export async function givenApi(options: ApiWorldOptions): Promise<ApiWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'http-api-'));
  const store = openStore(join(dataDir, 'store.db'));
  const clock = createClock({ store });
  const calls: Call[] = [];
  const lines: string[] = [];
  const accessLog: string[] = [];
  const resources = template(options);
  const base = {
    ...{ resources, clock, store, dataDir, region, accountId, faults: createFaults({ clock }) },
    log: (line: string) => void lines.push(line),
    dispatch: async (service: string, call: Call): Promise<JsonObject> => {
      if (service !== 'lambda') throw new Error(`unexpected call to ${service}`);
      calls.push(call);
      if (options.invoke) return options.invoke(call);
      const event = JSON.parse(call.input['Payload'] as string) as ApiEvent;
      const answer = (await options.answer?.(event, call)) ?? {};
      return { StatusCode: 200, Payload: JSON.stringify(answer) };
    },
  };
  const userPools = createUserPools(base);
  const api = createHttpApi({ ...base, userPools, onAccessLog: (line) => accessLog.push(line) });
  const { url, close } = await listenOnLoopback(createServer(api.listener), 0);
  return {
    ...{ api, userPools, clock, dataDir, url, calls, lines, accessLog },
    lastEvent: () => JSON.parse(calls.at(-1)?.input['Payload'] as string) as ApiEvent,
    send: (path, request = {}) => send(url, path, request),
    token: (scopes = [], expiresInSeconds = 3600) =>
      userPools.issueAccessToken({ subject: clientId, clientId, scopes, expiresInSeconds }),
    close: async () => {
      await close();
      await api.close();
      clock.close();
      store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function bearer(token: string): SentRequest {
  return { headers: { authorization: `Bearer ${token}` } };
}

function template({ routes, api = {}, stage = {}, authorizer = {} }: ApiWorldOptions): Resource[] {
  return [
    resource('AWS::Cognito::UserPool', 'Pool', poolId, {}),
    resource('AWS::ApiGatewayV2::Api', 'Api', apiId, { Name: 'api', ProtocolType: 'HTTP', ...api }),
    resource('AWS::ApiGatewayV2::Stage', 'Stage', '$default', {
      ApiId: apiId,
      StageName: '$default',
      AutoDeploy: true,
      ...stage,
    }),
    resource('AWS::ApiGatewayV2::Authorizer', 'Authorizer', 'auth01', {
      ...{ ApiId: apiId, AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'] },
      JwtConfiguration: { Issuer: issuer, Audience: [clientId, 'client2'] },
      ...authorizer,
    }),
    ...routes.flatMap((given, index) => routeResources(typeof given === 'string' ? { key: given } : given, index)),
  ];
}

function routeResources(
  { key, scopes, closed = scopes !== undefined, integration = {} }: RouteGiven,
  index: number,
): Resource[] {
  return [
    resource('AWS::ApiGatewayV2::Integration', `Integration${index}`, `int${index}`, {
      ...{ ApiId: apiId, IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' },
      IntegrationUri: functionArn(index),
      ...integration,
    }),
    resource('AWS::ApiGatewayV2::Route', `Route${index}`, `route${index}`, {
      ...{ ApiId: apiId, RouteKey: key, Target: `integrations/int${index}` },
      ...(closed && { AuthorizationType: 'JWT', AuthorizerId: 'auth01', AuthorizationScopes: scopes ?? [] }),
    }),
  ];
}

export function functionArn(index: number): string {
  return `arn:aws:lambda:${region}:${accountId}:function:route${index}`;
}

function resource(type: string, logicalId: string, physicalId: string, properties: JsonObject): Resource {
  return { stack: 'Platform', logicalId, type, physicalId, arn: physicalId, properties };
}

/** By node:http, since fetch would normalize paths and refuse headers. */
export function send(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: SentRequest,
): Promise<Response> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
