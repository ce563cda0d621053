import { importJWK, SignJWT } from 'jose';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Connection } from '../../scripts/throw-away-instance.ts';

interface Claims {
  readonly scope: string;
  readonly sub?: string;
}

/** Signs with the pool's own key, so that a token is good but for what the test changes; `sub` makes it a person's. */
export async function signerOf({ dataDir, accessTokenFor }: Connection & { readonly dataDir: string }) {
  const folder = join(dataDir, 'user-pool');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const { kid, signingKey } = z
    .object({ kid: z.string(), signingKey: z.looseObject({ kty: z.literal('RSA'), n: z.string(), e: z.string() }) })
    .parse(JSON.parse(readFileSync(join(folder, files[0] ?? ''), 'utf8')));
  const key = await importJWK(signingKey, 'RS256');
  return async (changes: Claims): Promise<string> => {
    // Of a fresh token, for the cloud's clock may have been moved.
    const payload = (await accessTokenFor('payments/create')()).split('.')[1] ?? '';
    const claims = z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    return new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
  };
}
