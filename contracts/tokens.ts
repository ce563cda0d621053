import * as z from 'zod';
import type { Route } from './route.ts';

export const tokenId = z.string().regex(/^tok_[0-9a-z]{26}$/u, 'is not a token id');

/**
 * Every string is taken here, so that whatever is wrong with an envelope, its length included, is answered alike:
 * core refuses what has more than 4,096 characters before it parses it; a card takes some 900.
 */
const envelope = z.string().meta({
  description:
    'Compact JWE: RSA-OAEP-256, A256GCM; header alg, enc, kid, iat (seconds), jti. At most 4,096 characters.',
});

export const createTokenBody = z.strictObject({ card: envelope }).meta({ id: 'CreateToken' });
export const refreshCvcBody = z.strictObject({ card: envelope }).meta({ id: 'RefreshCvc' });

export const token = z
  .object({
    object: z.literal('token'),
    id: tokenId,
    brand: z.string(),
    funding: z.enum(['credit', 'debit', 'prepaid', 'unknown']),
    bin: z.string().regex(/^\d{6}$/u),
    last4: z.string().regex(/^\d{4}$/u),
    expMonth: z.int().min(1).max(12),
    expYear: z.int(),
    createdAt: z.iso.datetime(),
    version: z.int(),
  })
  .meta({ id: 'Token' });

export const encryptionKey = z
  .object({
    kty: z.literal('RSA'),
    use: z.literal('enc'),
    alg: z.literal('RSA-OAEP-256'),
    kid: z.string(),
    n: z.string(),
    e: z.string(),
  })
  .meta({ id: 'EncryptionKey' });

export const listQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/u, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20),
  cursor: z.string().max(1024).optional(),
});

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

const capability = 'tokens';
const pathParameters = z.strictObject({ id: tokenId });

export const tokenRoutes = {
  getEncryptionKey: {
    method: 'GET',
    path: '/v1/encryption-key',
    scope: 'open',
    capability,
    operation: 'get-encryption-key',
    summary: 'The public key that a page encrypts a card for.',
    idempotent: false,
    answers: { 200: { description: 'A public JWK.', schema: encryptionKey } },
  },
  createToken: {
    method: 'POST',
    path: '/v1/tokens',
    scope: 'tokens/write',
    capability,
    operation: 'create-token',
    summary: 'Replaces an encrypted card by a token.',
    idempotent: false,
    body: createTokenBody,
    answers: { 201: { description: 'The token.', schema: token } },
  },
  listTokens: {
    method: 'GET',
    path: '/v1/tokens',
    scope: 'tokens/write',
    capability,
    operation: 'list-tokens',
    summary: 'Saved cards of the caller, never a number.',
    idempotent: false,
    query: listQuery,
    answers: { 200: { description: 'A page of tokens.', schema: listOf(token) } },
  },
  getToken: {
    method: 'GET',
    path: '/v1/tokens/{id}',
    scope: 'tokens/write',
    capability,
    operation: 'get-token',
    summary: 'One saved card.',
    idempotent: false,
    pathParameters,
    answers: { 200: { description: 'The token.', schema: token } },
  },
  deleteToken: {
    method: 'DELETE',
    path: '/v1/tokens/{id}',
    scope: 'tokens/write',
    capability,
    operation: 'delete-token',
    summary: 'Shreds a saved card: its wrapped key is destroyed.',
    idempotent: false,
    pathParameters,
    answers: { 204: { description: 'It is gone.' } },
  },
  refreshCvc: {
    method: 'POST',
    path: '/v1/tokens/{id}/cvc',
    scope: 'tokens/write',
    capability,
    operation: 'refresh-cvc',
    summary: 'Takes a fresh security code for a saved card: an envelope of {cvc}.',
    idempotent: false,
    pathParameters,
    body: refreshCvcBody,
    answers: { 204: { description: 'It is kept until the next authorization, 15 minutes at most.' } },
  },
} as const satisfies Record<string, Route>;
