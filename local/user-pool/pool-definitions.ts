import * as z from 'zod';
import type { Resource } from '../kernel/service.ts';

/** A user pool of the template with all that belongs to it. */
export interface UserPoolDefinition {
  readonly id: string;
  readonly issuer: string;
  /** Without a domain a pool has no token endpoint. */
  readonly hasDomain: boolean;
  readonly clients: readonly UserPoolClientDefinition[];
  readonly groups: readonly string[];
}

/** An app client. */
export interface UserPoolClientDefinition {
  readonly clientId: string;
  readonly name: string;
  readonly hasSecret: boolean;
  readonly mayUseClientCredentials: boolean;
  /** `<resource server>/<scope>`. */
  readonly scopes: readonly string[];
  readonly accessTokenSeconds: number;
}

const client = z.object({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: z.boolean().default(false),
  AllowedOAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthFlowsUserPoolClient: z.boolean().default(false),
  AllowedOAuthScopes: z.array(z.string()).default([]),
  AccessTokenValidity: z.coerce.number().int().positive().optional(),
  TokenValidityUnits: z.object({ AccessToken: z.enum(['seconds', 'minutes', 'hours', 'days']).optional() }).optional(),
});

const resourceServer = z.object({
  UserPoolId: z.string(),
  Identifier: z.string(),
  Scopes: z.array(z.object({ ScopeName: z.string() })).default([]),
});

const partOfPool = z.object({ UserPoolId: z.string() });

const secondsPerUnit = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
const defaultAccessTokenSeconds = 3_600;
/** Cognito takes five minutes to one day. */
const shortestAccessTokenSeconds = 300;
const longestAccessTokenSeconds = 86_400;

/** Scopes that every pool has of itself. */
const standardScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

/** All user pools of the template. Throws, by the resource's name, where AWS would refuse to deploy it. */
export function readUserPools(resources: readonly Resource[], region: string): UserPoolDefinition[] {
  return resources
    .filter(({ type }) => type === 'AWS::Cognito::UserPool')
    .map(({ physicalId: id }) => {
      const parts = resources.filter(({ properties }) => partOfPool.safeParse(properties).data?.UserPoolId === id);
      const ofType = (type: string) => parts.filter((part) => part.type === type);
      const scopes = new Set([
        ...standardScopes,
        ...ofType('AWS::Cognito::UserPoolResourceServer').flatMap(readScopes),
      ]);
      return {
        id,
        issuer: `https://cognito-idp.${region}.amazonaws.com/${id}`,
        hasDomain: ofType('AWS::Cognito::UserPoolDomain').length > 0,
        clients: ofType('AWS::Cognito::UserPoolClient').map((resource) => readClient(resource, scopes)),
        groups: ofType('AWS::Cognito::UserPoolGroup').map(({ physicalId }) => physicalId),
      };
    });
}

function readScopes(resource: Resource): string[] {
  const { Identifier, Scopes } = parse(resource, resourceServer);
  return Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`);
}

function readClient(resource: Resource, scopesOfPool: ReadonlySet<string>): UserPoolClientDefinition {
  const read = parse(resource, client);
  const mayUseClientCredentials =
    read.AllowedOAuthFlowsUserPoolClient && read.AllowedOAuthFlows.includes('client_credentials');
  const unknown = read.AllowedOAuthScopes.find((scope) => !scopesOfPool.has(scope));
  if (unknown !== undefined)
    throw new Error(`${resource.logicalId} allows the scope ${unknown}, which no resource server has.`);
  if (mayUseClientCredentials && !read.GenerateSecret) {
    throw new Error(`${resource.logicalId} uses client_credentials, for which it needs a secret.`);
  }
  return {
    clientId: resource.physicalId,
    name: read.ClientName ?? resource.logicalId,
    hasSecret: read.GenerateSecret,
    mayUseClientCredentials,
    scopes: read.AllowedOAuthScopes,
    accessTokenSeconds: readAccessTokenSeconds(resource, read),
  };
}

function readAccessTokenSeconds(
  resource: Resource,
  { AccessTokenValidity, TokenValidityUnits }: z.infer<typeof client>,
): number {
  if (AccessTokenValidity === undefined) return defaultAccessTokenSeconds;
  const seconds = AccessTokenValidity * secondsPerUnit[TokenValidityUnits?.AccessToken ?? 'hours'];
  if (seconds >= shortestAccessTokenSeconds && seconds <= longestAccessTokenSeconds) return seconds;
  throw new Error(
    `${resource.logicalId}: an access token is valid for five minutes to one day, not for ${seconds} seconds.`,
  );
}

function parse<T extends z.ZodType>(resource: Resource, schema: T): z.infer<T> {
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  throw new Error(`${resource.type} ${resource.logicalId} cannot be served: ${z.prettifyError(result.error)}`);
}
