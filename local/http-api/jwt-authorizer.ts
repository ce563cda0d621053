import { errors, jwtVerify } from 'jose';
import * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { UserPools } from '../user-pool/user-pools.ts';
import type { AuthorizerDefinition } from './api-definition.ts';

/** What a good token says. */
export interface VerifiedToken {
  /** All claims as API Gateway hands them on: strings. */
  readonly claims: Readonly<Record<string, string>>;
  readonly scopes: readonly string[];
}

export type TokenDecision =
  | { readonly kind: 'valid'; readonly token: VerifiedToken }
  | { readonly kind: 'missing' }
  /** `description` is for the www-authenticate header. */
  | { readonly kind: 'invalid'; readonly description: string };

/** Decides about what a request's identity source holds. */
export type VerifyToken = (identity: string | undefined) => Promise<TokenDecision>;

export interface JwtAuthorizerOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly userPools: Pick<UserPools, 'publicKey'>;
}

/** How many verified tokens are remembered; the oldest is forgotten first. */
const rememberedTokens = 2_000;

const claimsSchema = z.looseObject({
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  exp: z.number(),
  iat: z.number().optional(),
});

type Claims = z.infer<typeof claimsSchema>;

/**
 * API Gateway's JWT authorizer: signature (RS256 by the issuer's own key, which `kid` must name), issuer, audience
 * (`aud`, or `client_id` when there is none), `exp`, `nbf` and `iat` by the cloud's clock. As in AWS, `token_use` is
 * not looked at: a handler that must tell access tokens from others does that itself.
 *
 * A verified token is remembered until it expires, because checking a signature costs more than all the rest.
 * Throws at once when the issuer is none of the template's pools.
 */
export function createJwtAuthorizer(
  authorizer: AuthorizerDefinition,
  { clock, userPools }: JwtAuthorizerOptions,
): VerifyToken {
  const key = userPools.publicKey(authorizer.issuer);
  if (!key)
    throw new Error(`Authorizer ${authorizer.id} trusts ${authorizer.issuer}, which is no user pool of the template.`);
  const remembered = new Map<string, { readonly expiresAt: number; readonly token: VerifiedToken }>();

  const verify = async (jwt: string): Promise<TokenDecision> => {
    const now = clock.now();
    const findKey = ({ kid }: { kid?: string }) => {
      if (kid !== key.kid) throw new errors.JWKSNoMatchingKey();
      return key.publicKey;
    };
    const verified = await jwtVerify(jwt, findKey, {
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    });
    const claims = claimsSchema.parse(verified.payload);
    const refusal = refuseClaims(claims, authorizer, now);
    if (refusal !== undefined) return { kind: 'invalid', description: refusal };
    const token = { claims: toStrings(claims), scopes: scopesOf(claims) };
    if (remembered.size >= rememberedTokens) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(jwt, { expiresAt: claims.exp * 1_000, token });
    return { kind: 'valid', token };
  };

  return async (identity) => {
    const jwt = identity?.replace(/^Bearer(?:\s+|$)/iu, '').trim();
    if (jwt === undefined || jwt === '') return { kind: 'missing' };
    const known = remembered.get(jwt);
    if (known && clock.now() < known.expiresAt) return { kind: 'valid', token: known.token };
    remembered.delete(jwt);
    try {
      return await verify(jwt);
    } catch (error) {
      return { kind: 'invalid', description: describe(error) };
    }
  };
}

/** Why claims are not good enough, undefined when they are. */
function refuseClaims(claims: Claims, { issuer, audience }: AuthorizerDefinition, now: number): string | undefined {
  if (claims.iss !== issuer) return 'the token does not have a valid issuer';
  const presented = claims.aud ?? claims.client_id ?? [];
  if (![presented].flat().some((each) => audience.includes(each))) return 'the token does not have a valid audience';
  if (claims.iat !== undefined && claims.iat * 1_000 > now) return 'the token was issued in the future';
  return undefined;
}

/** For the client's developer; nothing that helps a forger. */
function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') return 'the token is not valid yet';
  return 'the token is not valid';
}

/**
 * Claims on their way to the function: a list becomes `[a b]`, an object its JSON text, null is left out (measured at
 * AWS by others: floci-io/floci, pull request 2011).
 */
function toStrings(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]): [string, string][] => {
      if (value === null || value === undefined) return [];
      return [[name, Array.isArray(value) ? `[${value.map(toText).join(' ')}]` : toText(value)]];
    }),
  );
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const scopeClaim = z.union([z.string().transform((text) => text.split(' ').filter(Boolean)), z.array(z.string())]);

/** The scopes of a token, in the claim `scope` or `scp`. */
function scopesOf(claims: Claims): readonly string[] {
  return scopeClaim.safeParse(claims['scope'] ?? claims['scp']).data ?? [];
}
