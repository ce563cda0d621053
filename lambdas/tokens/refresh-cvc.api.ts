import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoCvcReplacer } from '../../adapters/dynamodb/cvc-store.ts';
import { dynamoTokenStore } from '../../adapters/dynamodb/token-store.ts';
import { createKmsClient } from '../../adapters/kms/client.ts';
import { kmsDataKeys } from '../../adapters/kms/data-keys.ts';
import { kmsEnvelopeKeyring } from '../../adapters/kms/envelope-keys.ts';
import { tokenRoutes } from '../../contracts/tokens.ts';
import { refreshCvc } from '../../core/tokens/refresh-cvc.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { envelopeKeys } from './key-lists.ts';
import { refusalProblem } from './refusals.ts';

const environment = z.object({
  ENVELOPE_KEYS: envelopeKeys,
  VAULT_KEY_ARN: z.string(),
  TOKENS_TABLE_NAME: z.string(),
  CVC_TABLE_NAME: z.string(),
  GUARDS_TABLE_NAME: z.string(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dynamo = createDynamoDBClient();
const kms = createKmsClient();
const dependencies = {
  keyring: kmsEnvelopeKeyring(settings.ENVELOPE_KEYS, kms),
  tokens: dynamoTokenStore(dynamo, settings.TOKENS_TABLE_NAME),
  dataKeys: kmsDataKeys(settings.VAULT_KEY_ARN, kms),
  cvcs: dynamoCvcReplacer(dynamo, {
    cvcTableName: settings.CVC_TABLE_NAME,
    guardsTableName: settings.GUARDS_TABLE_NAME,
  }),
  random: randomBytes,
};

export const handler = apiHandler(tokenRoutes.refreshCvc, async ({ body, path, principal, now }) => {
  const refreshed = await refreshCvc(dependencies, { tokenId: path.id, jwe: body.card, principal, now });
  if (refreshed.kind !== 'refreshed') throw refusalProblem(refreshed);
  return { status: 204 };
});
