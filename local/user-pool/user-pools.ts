import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { BodyTooLargeError, ClientGoneError, readBody } from '../http-api/request-body.ts';
import { AwsError } from '../kernel/aws-error.ts';
import type { AwsService, ServiceOptions } from '../kernel/service.ts';
import type { UserPoolDefinition } from './pool-definitions.ts';
import { readUserPools } from './pool-definitions.ts';
import type { PoolSecrets } from './pool-secrets.ts';
import { openPoolSecrets } from './pool-secrets.ts';
import type { KnownClient } from './token-endpoint.ts';
import { TokenError, grantToken } from './token-endpoint.ts';

/** A machine client as `GET /_local/outputs` lists it. */
export interface MachineClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly name: string;
  readonly poolId: string;
}

export interface AccessTokenRequest {
  /** The template's first pool unless told otherwise. */
  readonly poolId?: string;
  /** Whose token it is; a machine client's own id for a token by client credentials. */
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Groups of a person. */
  readonly groups?: readonly string[];
  /** Default: an hour. */
  readonly expiresInSeconds?: number;
}

/** The key that a pool's tokens are signed with. */
export interface VerificationKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
}

/** The service `cognito-idp`. */
export interface UserPools extends AwsService {
  /** Whether a path (without its query) is one of those that `listener` answers. */
  serves(path: string): boolean;
  /** Answers POST /oauth2/token, /<poolId>/.well-known/jwks.json and /<poolId>/.well-known/openid-configuration. */
  listener(request: IncomingMessage, response: ServerResponse): void;
  /** All clients that can get a token for themselves. */
  clients(): readonly MachineClient[];
  /** Names of the groups of all pools. */
  groups(): readonly string[];
  /** Signs an access token with a pool's own key. Throws when there is no such pool. */
  issueAccessToken(request: AccessTokenRequest): Promise<string>;
  /** The key of an issuer, undefined for one that is no pool of ours. */
  publicKey(issuer: string): VerificationKey | undefined;
}

export interface UserPoolsOptions extends ServiceOptions {
  /** Where the listener is reached, for the token_endpoint of openid-configuration. */
  readonly baseUrl?: () => string;
}

/** Cognito user pools: machine clients get signed access tokens, everybody gets the keys to check them. */
export function createUserPools(options: UserPoolsOptions): UserPools {
  const directory = join(options.dataDir, 'user-pool');
  const pools = readUserPools(options.resources, options.region).map((definition) => openPool(definition, directory));
  for (const { definition } of pools) {
    if (!definition.hasDomain)
      options.log(`User pool ${definition.id} has no domain and with it, as in AWS, no token endpoint.`);
  }
  return new LocalUserPools(pools, options);
}

interface Pool {
  readonly definition: UserPoolDefinition;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly clients: readonly KnownClient[];
}

function openPool(definition: UserPoolDefinition, directory: string): Pool {
  const { kid, signingKey, clientSecrets }: PoolSecrets = openPoolSecrets(directory, definition);
  const privateKey = createPrivateKey({ key: signingKey, format: 'jwk' });
  return {
    ...{ definition, kid, privateKey },
    publicKey: createPublicKey(privateKey),
    clients: definition.clients.map((client) => ({
      ...client,
      poolId: definition.id,
      secret: client.hasSecret ? clientSecrets[client.clientId] : undefined,
    })),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const defaultExpirySeconds = 3_600;
/** No request for a token comes near this. */
const largestFormBytes = 16 * 1024;

class LocalUserPools implements UserPools {
  readonly name = 'cognito-idp';
  readonly targets = ['AWSCognitoIdentityProviderService'];
  readonly #pools: readonly Pool[];
  readonly #options: UserPoolsOptions;
  #underWay = 0;

  constructor(pools: readonly Pool[], options: UserPoolsOptions) {
    this.#pools = pools;
    this.#options = options;
  }

  access() {
    return [];
  }

  handle({ operation }: { readonly operation: string }): Promise<never> {
    return Promise.reject(
      new AwsError('UnknownOperationException', `The embedded cloud's Cognito does not serve ${operation}.`),
    );
  }

  busy(): boolean {
    return this.#underWay > 0;
  }

  clients(): readonly MachineClient[] {
    return this.#pools.flatMap(({ clients }) =>
      clients.flatMap(({ clientId, secret, scopes, name, poolId, mayUseClientCredentials }) =>
        secret !== undefined && mayUseClientCredentials
          ? [{ clientId, clientSecret: secret, scopes, name, poolId }]
          : [],
      ),
    );
  }

  groups(): readonly string[] {
    return this.#pools.flatMap(({ definition }) => definition.groups);
  }

  publicKey(issuer: string): VerificationKey | undefined {
    const pool = this.#pools.find(({ definition }) => definition.issuer === issuer);
    return pool && { kid: pool.kid, publicKey: pool.publicKey };
  }

  async issueAccessToken(request: AccessTokenRequest): Promise<string> {
    const pool = this.#pools.find(({ definition }) => request.poolId === undefined || definition.id === request.poolId);
    if (!pool) throw new Error(`There is no user pool ${request.poolId ?? ''}`);
    const { subject, clientId, scopes, groups, expiresInSeconds = defaultExpirySeconds } = request;
    const now = Math.floor(this.#options.clock.now() / 1_000);
    const person = { username: subject, ...(groups && groups.length > 0 && { 'cognito:groups': groups }) };
    return new SignJWT({
      sub: subject,
      token_use: 'access',
      scope: scopes.join(' '),
      auth_time: now,
      iss: pool.definition.issuer,
      exp: now + expiresInSeconds,
      iat: now,
      version: 2,
      jti: randomUUID(),
      client_id: clientId,
      ...(subject !== clientId && person),
    })
      .setProtectedHeader({ kid: pool.kid, alg: 'RS256' })
      .sign(pool.privateKey);
  }

  serves(path: string): boolean {
    return path === '/oauth2/token' || this.#document(path) !== undefined;
  }

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    this.#underWay += 1;
    this.#answer(request)
      .then(({ status, body }) => {
        response.writeHead(status, {
          'content-type': 'application/json;charset=UTF-8',
          'cache-control': 'no-store',
          pragma: 'no-cache',
        });
        response.end(JSON.stringify(body));
      })
      .catch((error: unknown) => {
        if (!(error instanceof ClientGoneError))
          this.#options.log(`The token endpoint failed: ${error instanceof Error ? error.message : String(error)}`);
        response.destroy();
      })
      .finally(() => (this.#underWay -= 1));
  };

  async #answer(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === '/oauth2/token') return this.#answerToken(request);
    const document = this.#document(path);
    return document === undefined ? { status: 404, body: { message: 'Not Found' } } : { status: 200, body: document };
  }

  async #answerToken(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'POST') return { status: 405, body: { error: 'invalid_request' } };
    try {
      const { authorization, 'content-type': contentType } = request.headers;
      const { client, scopes } = grantToken(
        { authorization, contentType, body: (await readBody(request, largestFormBytes)).toString('utf8') },
        (clientId) => this.#findClient(clientId),
      );
      const accessToken = await this.issueAccessToken({
        ...{ poolId: client.poolId, subject: client.clientId, clientId: client.clientId, scopes },
        expiresInSeconds: client.accessTokenSeconds,
      });
      return {
        status: 200,
        body: { access_token: accessToken, expires_in: client.accessTokenSeconds, token_type: 'Bearer' },
      };
    } catch (error) {
      if (error instanceof BodyTooLargeError) return { status: 400, body: { error: 'invalid_request' } };
      if (error instanceof TokenError) return { status: 400, body: { error: error.code } };
      throw error;
    }
  }

  #findClient(clientId: string): KnownClient | undefined {
    return this.#pools
      .filter(({ definition }) => definition.hasDomain)
      .flatMap(({ clients }) => clients)
      .find((client) => client.clientId === clientId);
  }

  #document(path: string): unknown {
    const [, poolId, name] = /^\/([^/]+)\/\.well-known\/(jwks\.json|openid-configuration)$/u.exec(path) ?? [];
    const pool = this.#pools.find(({ definition }) => definition.id === poolId);
    if (!pool) return undefined;
    return name === 'jwks.json' ? keySet(pool) : this.#configuration(pool);
  }

  #configuration({ definition: { issuer, id } }: Pool): unknown {
    const baseUrl = this.#options.baseUrl?.() ?? '';
    return {
      issuer,
      jwks_uri: `${baseUrl}/${id}/.well-known/jwks.json`,
      token_endpoint: `${baseUrl}/oauth2/token`,
      id_token_signing_alg_values_supported: ['RS256'],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
    };
  }
}

function keySet({ publicKey, kid }: Pool): unknown {
  return { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'RS256', kid, use: 'sig' }] };
}
