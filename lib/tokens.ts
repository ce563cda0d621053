import { Construct } from 'constructs';
import type { Environment as CreateTokenEnvironment } from '../lambdas/tokens/create-token.api.ts';
import type { Environment as DeleteTokenEnvironment } from '../lambdas/tokens/delete-token.api.ts';
import type { Environment as GetEncryptionKeyEnvironment } from '../lambdas/tokens/get-encryption-key.api.ts';
import type { Environment as GetTokenEnvironment } from '../lambdas/tokens/get-token.api.ts';
import type { Environment as ListTokensEnvironment } from '../lambdas/tokens/list-tokens.api.ts';
import type { Environment as RefreshCvcEnvironment } from '../lambdas/tokens/refresh-cvc.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { HouseFunctionProps } from './house/function.ts';
import type { Stage } from './stage.ts';

export interface TokensProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/**
 * The vault's doors. Tokenizing (create, refresh) opens envelopes; nothing here can read a card back but refresh-cvc,
 * which needs a token's data key to seal the new security code under it.
 */
export class Tokens extends Construct {
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, props: TokensProps) {
    super(scope, id);
    const create: Create = (functionId, functionProps) =>
      new HouseFunction(this, functionId, { stage: props.stage, ...functionProps });
    this.functions = [...tokenizers(create, props), ...savedCards(create, props.data)];
  }
}

type Create = (id: string, props: Omit<HouseFunctionProps, 'stage'>) => HouseFunction;

/** The functions that work with envelopes. */
function tokenizers(create: Create, { stage, data }: TokensProps): readonly HouseFunction[] {
  const { keys, tokensTable, cvcTable, guardsTable } = data;
  const getEncryptionKey = create('GetEncryptionKey', {
    handler: 'tokens/get-encryption-key.api',
    purpose: 'answers the public key that pages encrypt cards for',
    timeoutSeconds: 10,
    environment: { ENVELOPE_KEYS: keys.envelopeKeysJson } satisfies VariablesOf<GetEncryptionKeyEnvironment>,
  }).may(['kms:GetPublicKey'], ...keys.envelopeKeyArns);

  const createToken = create('CreateToken', {
    handler: 'tokens/create-token.api',
    purpose: 'replaces an encrypted card by a token',
    timeoutSeconds: 15,
    memoryMegabytes: 1024,
    environment: {
      ENVELOPE_KEYS: keys.envelopeKeysJson,
      VAULT_KEY_ARN: keys.vaultKey.keyArn,
      FINGERPRINT_KEYS: keys.fingerprintKeysJson,
      TOKENS_TABLE_NAME: tokensTable.tableName,
      CVC_TABLE_NAME: cvcTable.tableName,
      GUARDS_TABLE_NAME: guardsTable.tableName,
      TOKENIZING_LIMIT_PER_HOUR: String(stage.tokenizingLimitPerHour),
    } satisfies VariablesOf<CreateTokenEnvironment>,
  })
    .may(['kms:Decrypt'], ...keys.envelopeKeyArns)
    .may(['kms:GenerateDataKey'], keys.vaultKey.keyArn)
    .may(['kms:GenerateMac'], ...keys.fingerprintKeyArns)
    .may(['dynamodb:PutItem'], tokensTable.tableArn, cvcTable.tableArn, guardsTable.tableArn)
    .may(['dynamodb:UpdateItem'], guardsTable.tableArn);

  const refreshCvc = create('RefreshCvc', {
    handler: 'tokens/refresh-cvc.api',
    purpose: 'takes a fresh security code for a saved card',
    timeoutSeconds: 15,
    memoryMegabytes: 1024,
    environment: {
      ENVELOPE_KEYS: keys.envelopeKeysJson,
      VAULT_KEY_ARN: keys.vaultKey.keyArn,
      TOKENS_TABLE_NAME: tokensTable.tableName,
      CVC_TABLE_NAME: cvcTable.tableName,
      GUARDS_TABLE_NAME: guardsTable.tableName,
    } satisfies VariablesOf<RefreshCvcEnvironment>,
  })
    .may(['kms:Decrypt'], ...keys.envelopeKeyArns, keys.vaultKey.keyArn)
    .may(['dynamodb:GetItem'], tokensTable.tableArn)
    .may(['dynamodb:PutItem'], cvcTable.tableArn, guardsTable.tableArn);

  return [getEncryptionKey, createToken, refreshCvc];
}

/** The functions that show and shred saved cards, without any key. */
function savedCards(create: Create, { tokensTable, cvcTable }: DataStack): readonly HouseFunction[] {
  const listTokens = create('ListTokens', {
    handler: 'tokens/list-tokens.api',
    purpose: 'lists the saved cards of the caller',
    timeoutSeconds: 10,
    environment: { TOKENS_TABLE_NAME: tokensTable.tableName } satisfies VariablesOf<ListTokensEnvironment>,
  }).may(['dynamodb:Query'], tokensTable.indexArn('byOwner'));

  const getToken = create('GetToken', {
    handler: 'tokens/get-token.api',
    purpose: 'answers one saved card',
    timeoutSeconds: 10,
    environment: { TOKENS_TABLE_NAME: tokensTable.tableName } satisfies VariablesOf<GetTokenEnvironment>,
  }).may(['dynamodb:GetItem'], tokensTable.tableArn);

  const deleteToken = create('DeleteToken', {
    handler: 'tokens/delete-token.api',
    purpose: 'shreds a saved card with its wrapped key',
    timeoutSeconds: 10,
    environment: {
      TOKENS_TABLE_NAME: tokensTable.tableName,
      CVC_TABLE_NAME: cvcTable.tableName,
    } satisfies VariablesOf<DeleteTokenEnvironment>,
  }).may(['dynamodb:DeleteItem'], tokensTable.tableArn, cvcTable.tableArn);

  return [listTokens, getToken, deleteToken];
}
