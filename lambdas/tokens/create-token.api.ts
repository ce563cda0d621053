import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoTokenizingCounter } from '../../adapters/dynamodb/guard-store.ts';
import { dynamoTokenAdder } from '../../adapters/dynamodb/token-store.ts';
import { createKmsClient } from '../../adapters/kms/client.ts';
import { kmsDataKeys } from '../../adapters/kms/data-keys.ts';
import { kmsEnvelopeKeyring } from '../../adapters/kms/envelope-keys.ts';
import { kmsFingerprinter } from '../../adapters/kms/fingerprints.ts';
import { tokenRoutes } from '../../contracts/tokens.ts';
import { createToken } from '../../core/tokens/create-token.ts';
import { testBins } from '../../core/tokens/test-bins.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { envelopeKeys, fingerprintKeys } from './key-lists.ts';
import { presentToken } from './present-token.ts';
import { refusalProblem } from './refusals.ts';

const environment = z.object({
  ENVELOPE_KEYS: envelopeKeys,
  VAULT_KEY_ARN: z.string(),
  FINGERPRINT_KEYS: fingerprintKeys,
  TOKENS_TABLE_NAME: z.string(),
  CVC_TABLE_NAME: z.string(),
  GUARDS_TABLE_NAME: z.string(),
  TOKENIZING_LIMIT_PER_HOUR: z.coerce.number<string>().int().positive(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dynamo = createDynamoDBClient();
const kms = createKmsClient();
const dependencies = {
  keyring: kmsEnvelopeKeyring(settings.ENVELOPE_KEYS, kms),
  counter: dynamoTokenizingCounter(dynamo, settings.GUARDS_TABLE_NAME, settings.TOKENIZING_LIMIT_PER_HOUR),
  bins: testBins,
  fingerprinter: kmsFingerprinter(settings.FINGERPRINT_KEYS[0], kms),
  dataKeys: kmsDataKeys(settings.VAULT_KEY_ARN, kms),
  tokens: dynamoTokenAdder(dynamo, {
    tokensTableName: settings.TOKENS_TABLE_NAME,
    cvcTableName: settings.CVC_TABLE_NAME,
    guardsTableName: settings.GUARDS_TABLE_NAME,
  }),
  random: randomBytes,
};

export const handler = apiHandler(tokenRoutes.createToken, async ({ body, principal, now }) => {
  const created = await createToken(dependencies, { jwe: body.card, ownerId: principal.id, now });
  if (created.kind !== 'created') throw refusalProblem(created);
  return { status: 201, body: presentToken(created.token) };
});
