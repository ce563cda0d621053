import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { jest } from '@jest/globals';
import * as z from 'zod';
import { encryptionKey, token as tokenSchema } from '../../../contracts/tokens.ts';
import { encryptCard } from '../../../packages/client/encrypt-card.ts';
import type { CardToEncrypt, CvcToEncrypt } from '../../../packages/client/encrypt-card.ts';
import { givenDynamo, vaultTables } from '../../adapters/dynamodb/dynamo-world.ts';
import type { DynamoWorld } from '../../adapters/dynamodb/dynamo-world.ts';
import { givenKey, givenKms } from '../../local/kms/kms-world.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const functionNames = [
  'get-encryption-key',
  'create-token',
  'list-tokens',
  'get-token',
  'delete-token',
  'refresh-cvc',
] as const;
type FunctionName = (typeof functionNames)[number];

interface Request {
  readonly caller?: string;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly at?: Date;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface VaultFunctions {
  readonly dynamo: DynamoWorld;
  readonly settings: Readonly<Record<string, string>>;
  /** Everything that the functions have logged. */
  readonly logged: unknown[];
  call(name: FunctionName, request?: Request): Promise<Answer>;
  close(): Promise<void>;
}

/** The token functions as Lambda runs them, with tables and keys of their own behind real SDK clients. */
export async function givenVaultFunctions(limitPerHour = 50): Promise<VaultFunctions> {
  const [envelope, vault] = [givenKey('EnvelopeKey', { KeySpec: 'RSA_3072' }), givenKey('VaultKey')];
  const fingerprint = givenKey('FingerprintKey', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const kms = await givenKms([envelope, vault, fingerprint]);
  const dynamo = await givenDynamo(vaultTables);
  const { accessKeyId, secretAccessKey, sessionToken } = kms.endpoint.clientOptions.credentials;
  const settings = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_ENDPOINT_URL_KMS: kms.endpoint.clientOptions.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    ENVELOPE_KEYS: JSON.stringify([{ kid: 'k1', keyArn: envelope.arn }]),
    VAULT_KEY_ARN: vault.arn,
    FINGERPRINT_KEYS: JSON.stringify([{ version: 1, keyArn: fingerprint.arn }]),
    TOKENS_TABLE_NAME: 'tokens',
    CVC_TABLE_NAME: 'cvcs',
    GUARDS_TABLE_NAME: 'guards',
    TOKENIZING_LIMIT_PER_HOUR: String(limitPerHour),
  };
  Object.assign(process.env, settings);
  const logged: unknown[] = [];
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    jest.spyOn(console, level).mockImplementation((...values: unknown[]) => void logged.push(...values));
  }
  const handlers = await importHandlers();
  return {
    dynamo,
    settings,
    logged,
    call: async (name, request = {}) => {
      const handler = handlers.get(name);
      if (!handler) throw new Error(`There is no ${name}.`);
      return toAnswer(await handler(toEvent(request), {} as Context));
    },
    close: async () => {
      jest.restoreAllMocks();
      await kms.close();
      await dynamo.close();
    },
  };
}

async function importHandlers(): Promise<ReadonlyMap<FunctionName, Handler>> {
  const handlers = new Map<FunctionName, Handler>();
  for (const name of functionNames) {
    const module = (await import(`../../../lambdas/tokens/${name}.api.ts`)) as { handler: Handler };
    handlers.set(name, module.handler);
  }
  return handlers;
}

function toEvent({ caller = 'ada', body, rawBody, id, query, at = new Date() }: Request): APIGatewayProxyEventV2 {
  const claims = { sub: caller, client_id: 'shop', scope: 'tokens/write', token_use: 'access' };
  return {
    headers: {},
    body: rawBody ?? (body === undefined ? undefined : JSON.stringify(body)),
    isBase64Encoded: false,
    pathParameters: id === undefined ? undefined : { id },
    queryStringParameters: query,
    requestContext: { timeEpoch: at.getTime(), requestId: 'request', authorizer: { jwt: { claims } } },
  } as unknown as APIGatewayProxyEventV2;
}

const result = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.unknown()).default({}),
  body: z.string().optional(),
});

function toAnswer(raw: APIGatewayProxyStructuredResultV2): Answer {
  const { statusCode, headers, body } = result.parse(raw);
  const content = body === undefined ? {} : (JSON.parse(body) as Record<string, unknown>);
  return { status: statusCode, headers, body: content };
}

/** An envelope as a page makes it: asks for the key first. */
export async function encrypted(
  functions: VaultFunctions,
  card: CardToEncrypt | CvcToEncrypt,
  now = new Date(),
): Promise<string> {
  const key = encryptionKey.parse((await functions.call('get-encryption-key')).body);
  return encryptCard(card, key, { now });
}

/** A saved card of this caller. */
export async function givenSavedCard(functions: VaultFunctions, card: CardToEncrypt, caller = 'ada') {
  const answer = await functions.call('create-token', { caller, body: { card: await encrypted(functions, card) } });
  return tokenSchema.parse(answer.body);
}
