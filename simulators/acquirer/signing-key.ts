import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** The key by which the merchant knows that a message is from this acquirer. */
export interface SigningKey {
  /** As Standard Webhooks writes a public key: `whpk_` and the base64 of its 32 bytes. */
  readonly publicKey: string;
  /** The three headers of a message, signed for this very try. */
  headersOf(message: { readonly id: string; readonly body: string }, now: number): Readonly<Record<string, string>>;
}

/** The key in the acquirer's database, made when there is none: Ed25519, Standard Webhooks' asymmetric variant `v1a`. */
export function openSigningKey(database: DatabaseSync): SigningKey {
  const key = readOrMake(database);
  const { x } = z.object({ x: z.string() }).parse(createPublicKey(key).export({ format: 'jwk' }));
  return {
    publicKey: `whpk_${Buffer.from(x, 'base64url').toString('base64')}`,
    headersOf: ({ id, body }, now) => {
      const timestamp = Math.floor(now / 1000).toString();
      const signature = sign(null, Buffer.from(`${id}.${timestamp}.${body}`), key).toString('base64');
      return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1a,${signature}` };
    },
  };
}

function readOrMake(database: DatabaseSync): KeyObject {
  database.exec('CREATE TABLE IF NOT EXISTS signingKey (id INTEGER PRIMARY KEY, pkcs8 TEXT NOT NULL) STRICT;');
  const select = database.prepare('SELECT pkcs8 FROM signingKey WHERE id = 1');
  if (select.get() === undefined) {
    const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
    database.prepare('INSERT INTO signingKey VALUES (1, ?)').run(made.toString('base64'));
  }
  const { pkcs8 } = z.object({ pkcs8: z.string() }).parse(select.get());
  return createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
}
