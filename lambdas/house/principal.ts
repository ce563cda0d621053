import * as z from 'zod';
import type { Principal } from '../../core/access/principal.ts';

/** The claims of a user pool's access token as API Gateway's JWT authorizer hands them on: all strings. */
const claims = z.object({
  sub: z.string(),
  client_id: z.string(),
  scope: z.string().default(''),
  token_use: z.literal('access'),
  'cognito:groups': z.string().optional(),
});

/**
 * Who calls. A machine client's access token has its client id as subject (Cognito, client credentials); a person's
 * has the user's. API Gateway writes a claim that is an array as `[a b]`.
 */
export function readPrincipal(rawClaims: unknown): Principal {
  const { sub, client_id: clientId, scope, 'cognito:groups': groups } = claims.parse(rawClaims);
  const scopes = scope.split(' ').filter(Boolean);
  if (sub === clientId) return { kind: 'client', id: clientId, scopes };
  return {
    kind: 'user',
    id: sub,
    scopes,
    groups: (groups ?? '')
      .replace(/^\[|\]$/gu, '')
      .split(/[\s,]+/u)
      .filter(Boolean),
  };
}
