import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { UserPoolDefinition } from './pool-definitions.ts';

const privateJwk = z.object({
  kty: z.literal('RSA'),
  ...{
    n: z.string(),
    e: z.string(),
    d: z.string(),
    p: z.string(),
    q: z.string(),
    dp: z.string(),
    dq: z.string(),
    qi: z.string(),
  },
});

const secrets = z.object({
  kid: z.string(),
  signingKey: privateJwk,
  /** By client id. */
  clientSecrets: z.record(z.string(), z.string()),
});

/** What a pool must never lose: tokens and client secrets that were handed out would be worthless. */
export type PoolSecrets = z.infer<typeof secrets>;

/**
 * The secrets of a pool from its file, which its owner alone may read; what is not there yet is made, once. The file
 * is written beside, synchronized and renamed, so that a kill leaves the old one or the new one.
 */
export function openPoolSecrets(directory: string, pool: UserPoolDefinition): PoolSecrets {
  const path = join(directory, `${pool.id}.json`);
  const known = read(path);
  const withSecret = pool.clients.filter(({ hasSecret }) => hasSecret);
  if (known && withSecret.every(({ clientId }) => clientId in known.clientSecrets)) return known;
  const complete = {
    ...(known ?? createSigningKey()),
    clientSecrets: {
      ...Object.fromEntries(withSecret.map(({ clientId }) => [clientId, createClientSecret()])),
      ...known?.clientSecrets,
    },
  };
  write(directory, path, complete);
  return complete;
}

function read(path: string): PoolSecrets | undefined {
  if (!existsSync(path)) return undefined;
  // A file that is there but broken is no reason to make new secrets over it.
  return secrets.parse(JSON.parse(readFileSync(path, 'utf8')));
}

function createSigningKey(): Pick<PoolSecrets, 'kid' | 'signingKey'> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid: randomUUID(), signingKey: privateJwk.parse(privateKey.export({ format: 'jwk' })) };
}

/** As long as Cognito's; lower-case letters and digits, about 250 random bits. */
function createClientSecret(): string {
  return BigInt(`0x01${randomBytes(32).toString('hex')}`).toString(36);
}

function write(directory: string, path: string, content: PoolSecrets): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.unfinished`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(content));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}
