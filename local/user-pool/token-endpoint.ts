import { createHash, timingSafeEqual } from 'node:crypto';
import type { UserPoolClientDefinition } from './pool-definitions.ts';

/** The error codes of RFC 6749 that Cognito answers at its token endpoint, always with status 400. */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type';

/** A refusal of the token endpoint. Its message stays inside. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A client of a pool that has a token endpoint. */
export interface KnownClient extends UserPoolClientDefinition {
  readonly poolId: string;
  readonly secret: string | undefined;
}

export interface TokenRequest {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface GrantedToken {
  readonly client: KnownClient;
  readonly scopes: readonly string[];
}

/**
 * Decides about a request for a token by client credentials (RFC 6749, 4.4, as Cognito serves it).
 *
 * 1. The body is a form. 2. The grant type is client_credentials. 3. The client proves itself by HTTP Basic or by
 * client_id and client_secret in the body. 4. It asks for scopes that it may have, or for none, which means all.
 *
 * @throws TokenError
 */
export function grantToken(
  request: TokenRequest,
  findClient: (clientId: string) => KnownClient | undefined,
): GrantedToken {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/iu.test(request.contentType ?? '')) {
    throw new TokenError('invalid_request', 'The body is not a form.');
  }
  const form = readForm(request.body);
  requireClientCredentials(form.get('grant_type'));
  const { clientId, secret } = readClientCredentials(request.authorization, form);
  const client = findClient(clientId);
  // The comparison runs for unknown clients too, so that the time taken says nothing about which ids exist.
  if (!isSame(secret, client?.secret ?? '') || client?.secret === undefined) {
    throw new TokenError('invalid_client', 'There is no such client, or its secret is another.');
  }
  if (!client.mayUseClientCredentials)
    throw new TokenError('unauthorized_client', 'The client may not use this grant.');
  return { client, scopes: readScopes(form.get('scope'), client.scopes) };
}

/** RFC 6749, 3.2: a parameter must not be sent twice; one without a value is as if it were not there. */
function readForm(body: string): ReadonlyMap<string, string> {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (value === '') continue;
    if (form.has(name)) throw new TokenError('invalid_request', `The parameter ${name} is there twice.`);
    form.set(name, value);
  }
  return form;
}

function requireClientCredentials(grantType: string | undefined): void {
  switch (grantType) {
    case 'client_credentials':
      return;
    case undefined:
      throw new TokenError('invalid_request', 'There is no grant_type.');
    case 'authorization_code':
    case 'refresh_token':
      // The grants of people: nobody can have got a code or a refresh token here.
      throw new TokenError('invalid_grant', 'There is no such code or token.');
    default:
      throw new TokenError('unsupported_grant_type', 'The grant type is not known.');
  }
}

function readClientCredentials(
  authorization: string | undefined,
  form: ReadonlyMap<string, string>,
): { clientId: string; secret: string } {
  const fromBody = { clientId: form.get('client_id'), secret: form.get('client_secret') };
  if (authorization === undefined) {
    if (fromBody.clientId === undefined) throw new TokenError('invalid_request', 'There is no client_id.');
    return { clientId: fromBody.clientId, secret: fromBody.secret ?? '' };
  }
  const [, encoded] = /^Basic\s+([A-Za-z\d+/=_-]+)$/iu.exec(authorization) ?? [];
  const [, clientId, secret] = /^([^:]*):(.*)$/su.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  if (clientId === undefined || secret === undefined)
    throw new TokenError('invalid_request', 'The Authorization header is not HTTP Basic.');
  // RFC 6749, 2.3: not more than one method at once; the id alone may be repeated.
  if (fromBody.secret !== undefined || (fromBody.clientId ?? clientId) !== clientId) {
    throw new TokenError('invalid_request', 'The client authenticates in two ways at once.');
  }
  return { clientId, secret };
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function readScopes(asked: string | undefined, allowed: readonly string[]): readonly string[] {
  if (asked === undefined) return allowed;
  const scopes = [...new Set(asked.split(' ').filter(Boolean))];
  if (scopes.every((scope) => allowed.includes(scope))) return scopes;
  throw new TokenError('invalid_scope', 'The client may not have one of these scopes.');
}
