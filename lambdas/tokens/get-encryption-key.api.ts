import * as z from 'zod';
import { createKmsClient } from '../../adapters/kms/client.ts';
import { kmsPublicKey } from '../../adapters/kms/envelope-keys.ts';
import { tokenRoutes } from '../../contracts/tokens.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { envelopeKeys } from './key-lists.ts';

const environment = z.object({ ENVELOPE_KEYS: envelopeKeys });
export type Environment = z.input<typeof environment>;

const [currentKey] = readEnvironment(environment).ENVELOPE_KEYS;
const publicKey = kmsPublicKey(currentKey, createKmsClient());
/** Far less than the 24 hours for which a retired key is still taken. */
const headers = { 'cache-control': 'public, max-age=300' };

export const handler = apiHandler(tokenRoutes.getEncryptionKey, async () => ({
  status: 200,
  headers,
  body: await publicKey(),
}));
