import * as z from 'zod';
import type { Resource } from '../kernel/service.ts';

/** The HTTP API of the template with everything that belongs to it. */
export interface HttpApiDefinition {
  readonly id: string;
  readonly name: string;
  readonly cors: CorsDefinition | undefined;
  readonly routes: readonly RouteDefinition[];
  readonly stage: StageDefinition;
}

export interface RouteDefinition {
  /** As in the template: `GET /v1/payments/{id}` or `$default`. */
  readonly key: string;
  /** `ANY` takes every method; of `$default` too. */
  readonly method: string;
  /** Undefined for `$default`, which takes every path. */
  readonly path: string | undefined;
  readonly functionArn: string;
  readonly timeoutMilliseconds: number;
  readonly authorizer: AuthorizerDefinition | undefined;
  /** A token needs one of them; none are needed when there are none. */
  readonly scopes: readonly string[];
}

/** A JWT authorizer. */
export interface AuthorizerDefinition {
  readonly id: string;
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Where the token is looked for, in this order. */
  readonly identitySources: readonly IdentitySource[];
}

export type IdentitySource = { readonly kind: 'header' | 'querystring'; readonly name: string };

export interface StageDefinition {
  readonly name: string;
  readonly throttling: Throttling;
  readonly routeThrottling: Readonly<Record<string, Partial<Throttling>>>;
  /** The line's format with `$context` variables; undefined: nothing is logged. */
  readonly accessLogFormat: string | undefined;
  readonly variables: Readonly<Record<string, string>> | undefined;
}

export interface Throttling {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

export interface CorsDefinition {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly allowCredentials: boolean;
}

const strings = z.array(z.string()).default([]);

const api = z.object({
  Name: z.string().optional(),
  ProtocolType: z.literal('HTTP', 'only HTTP APIs are served'),
  Body: z.undefined('an OpenAPI body is not served').optional(),
  CorsConfiguration: z
    .object({
      ...{ AllowOrigins: strings, AllowMethods: strings, AllowHeaders: strings, ExposeHeaders: strings },
      MaxAge: z.coerce.number().optional(),
      AllowCredentials: z.boolean().default(false),
    })
    .optional(),
});

const route = z.object({
  ApiId: z.string(),
  RouteKey: z.string().regex(/^(?:\$default|[A-Z]+ \/\S*)$/u),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z.enum(['NONE', 'JWT'], 'only JWT authorization is served').default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: strings,
});

const integration = z.object({
  IntegrationType: z.literal('AWS_PROXY', 'only Lambda proxy integrations are served'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', 'only payload format 2.0 is served'),
  TimeoutInMillis: z.coerce.number().int().min(50).max(30_000).default(30_000),
});

const authorizer = z.object({
  AuthorizerType: z.literal('JWT', 'only JWT authorizers are served'),
  IdentitySource: z.array(z.string()).min(1),
  JwtConfiguration: z.object({ Issuer: z.string(), Audience: z.array(z.string()).min(1) }),
});

const throttling = z.object({
  ThrottlingRateLimit: z.coerce.number().nonnegative().optional(),
  ThrottlingBurstLimit: z.coerce.number().nonnegative().optional(),
});

const stage = z.object({
  ApiId: z.string(),
  StageName: z.literal('$default', 'only the stage $default is served'),
  DefaultRouteSettings: throttling.default({}),
  RouteSettings: z.record(z.string(), throttling).default({}),
  AccessLogSettings: z.object({ Format: z.string().optional() }).optional(),
  StageVariables: z.record(z.string(), z.string()).optional(),
});

/** What an account has in a region when a stage says nothing. */
const accountThrottling: Throttling = { requestsPerSecond: 10_000, burst: 5_000 };

/**
 * The template's HTTP API. Throws by the resource's name what AWS would serve and this does not, and when there is
 * not exactly one API with one stage.
 */
export function readHttpApi(resources: readonly Resource[]): HttpApiDefinition {
  const ofType = (type: string) => resources.filter((resource) => resource.type === `AWS::ApiGatewayV2::${type}`);
  const [apiResource, ...otherApis] = ofType('Api');
  const [stageResource, ...otherStages] = ofType('Stage');
  if (!apiResource || !stageResource || otherApis.length > 0 || otherStages.length > 0) {
    throw new Error('The template needs exactly one AWS::ApiGatewayV2::Api with one AWS::ApiGatewayV2::Stage.');
  }
  const { Name, CorsConfiguration } = parse(apiResource, api);
  return {
    id: apiResource.physicalId,
    name: Name ?? apiResource.logicalId,
    cors: CorsConfiguration && readCors(CorsConfiguration),
    routes: ofType('Route').map((resource) => readRoute(resource, ofType('Integration'), ofType('Authorizer'))),
    stage: readStage(stageResource),
  };
}

function readCors(cors: NonNullable<z.infer<typeof api>['CorsConfiguration']>): CorsDefinition {
  return {
    allowOrigins: cors.AllowOrigins,
    allowMethods: cors.AllowMethods,
    allowHeaders: cors.AllowHeaders,
    exposeHeaders: cors.ExposeHeaders,
    maxAgeSeconds: cors.MaxAge,
    allowCredentials: cors.AllowCredentials,
  };
}

function readRoute(
  resource: Resource,
  integrations: readonly Resource[],
  authorizers: readonly Resource[],
): RouteDefinition {
  const read = parse(resource, route);
  const { IntegrationUri, TimeoutInMillis } = parse(
    find(integrations, read.Target.replace('integrations/', ''), resource),
    integration,
  );
  const [method = 'ANY', path] = read.RouteKey === '$default' ? ['ANY'] : read.RouteKey.split(' ');
  return {
    ...{ key: read.RouteKey, method, path },
    functionArn: functionArnOf(IntegrationUri),
    timeoutMilliseconds: TimeoutInMillis,
    authorizer:
      read.AuthorizationType === 'NONE' ? undefined : readAuthorizer(find(authorizers, read.AuthorizerId, resource)),
    scopes: read.AuthorizationScopes,
  };
}

function readAuthorizer(resource: Resource): AuthorizerDefinition {
  const { IdentitySource, JwtConfiguration } = parse(resource, authorizer);
  return {
    id: resource.physicalId,
    issuer: JwtConfiguration.Issuer,
    audience: JwtConfiguration.Audience,
    identitySources: IdentitySource.map((source) => {
      const [, kind, name] = /^\$request\.(header|querystring)\.([\w-]+)$/u.exec(source) ?? [];
      if (name === undefined)
        throw new Error(`${resource.logicalId} looks for its token in ${source}, which is not served.`);
      return kind === 'header' ? { kind, name: name.toLowerCase() } : { kind: 'querystring', name };
    }),
  };
}

function readStage(resource: Resource): StageDefinition {
  const read = parse(resource, stage);
  const toThrottling = ({ ThrottlingRateLimit, ThrottlingBurstLimit }: z.infer<typeof throttling>) => ({
    ...(ThrottlingRateLimit !== undefined && { requestsPerSecond: ThrottlingRateLimit }),
    ...(ThrottlingBurstLimit !== undefined && { burst: ThrottlingBurstLimit }),
  });
  return {
    name: read.StageName,
    throttling: { ...accountThrottling, ...toThrottling(read.DefaultRouteSettings) },
    routeThrottling: Object.fromEntries(
      Object.entries(read.RouteSettings).map(([key, settings]) => [key, toThrottling(settings)]),
    ),
    accessLogFormat: read.AccessLogSettings?.Format,
    variables: read.StageVariables,
  };
}

/** An integration names its function by ARN, or by the path of Lambda's API that ends in it. */
function functionArnOf(uri: string): string {
  return /\/functions\/(?<arn>arn:[^/]+)\/invocations$/u.exec(uri)?.groups?.['arn'] ?? uri;
}

function find(resources: readonly Resource[], physicalId: string | undefined, neededBy: Resource): Resource {
  const found = resources.find((resource) => resource.physicalId === physicalId);
  if (found) return found;
  throw new Error(
    `${neededBy.type} ${neededBy.logicalId} refers to ${physicalId ?? 'nothing'}, which is not in the template.`,
  );
}

function parse<T extends z.ZodType>(resource: Resource, schema: T): z.infer<T> {
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  throw new Error(`${resource.type} ${resource.logicalId} cannot be served: ${z.prettifyError(result.error)}`);
}
