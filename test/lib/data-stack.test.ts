import { beforeAll, describe, expect, test } from '@jest/globals';
import { scopes } from '../../contracts/route.ts';
import type { Assembly, Resource } from './assembly.ts';
import { givenAssembly, resourcesOfType, withoutHash } from './assembly.ts';

let assembly: Assembly;
beforeAll(async () => {
  assembly = await givenAssembly('local');
});

function table(id: string): Resource {
  const found = resourcesOfType(assembly.data, 'AWS::DynamoDB::Table').find(
    ([logicalId]) => withoutHash(logicalId) === id,
  );
  if (!found) throw new Error(`There is no ${id}`);
  return found[1];
}

describe('tables', () => {
  test('there are those of the architecture', () => {
    const ids = resourcesOfType(assembly.data, 'AWS::DynamoDB::Table').map(([logicalId]) => withoutHash(logicalId));
    expect(ids.toSorted()).toEqual([
      'CvcTable',
      'DisputesTable',
      'ExceptionsTable',
      'FraudTable',
      'FxTable',
      'GiftCardSecretsTable',
      'GiftCardsTable',
      'GuardsTable',
      'LedgerTable',
      'LotsTable',
      'PaymentsTable',
      'ReviewsTable',
      'SettlementsTable',
      'TokensTable',
    ]);
  });

  test.each([
    'PaymentsTable',
    'LedgerTable',
    'LotsTable',
    'DisputesTable',
    'GiftCardsTable',
    'TokensTable',
    'FxTable',
    'ExceptionsTable',
    'SettlementsTable',
    'GuardsTable',
    'FraudTable',
  ])('%s can be recovered and is not deleted', (id) => {
    const { Properties: properties, DeletionPolicy: deletionPolicy } = table(id);
    expect(deletionPolicy).toBe('Retain');
    expect(properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    });
  });

  test('the truth does not expire; codes, guards and counters do', () => {
    const expiry = (id: string) => table(id).Properties['TimeToLiveSpecification'];
    for (const id of [
      'PaymentsTable',
      'LedgerTable',
      'LotsTable',
      'DisputesTable',
      'GiftCardsTable',
      'TokensTable',
      'FxTable',
      'ExceptionsTable',
      'SettlementsTable',
    ])
      expect(expiry(id)).toBeUndefined();
    for (const id of ['CvcTable', 'GiftCardSecretsTable', 'GuardsTable', 'FraudTable'])
      expect(expiry(id)).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  });

  test.each(['CvcTable', 'GiftCardSecretsTable'])('%s forgets for good: no backup, no stream, no index', (id) => {
    const { Properties: properties, DeletionPolicy: deletionPolicy } = table(id);
    expect(deletionPolicy).toBe('Delete');
    expect(properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });
    expect(properties).not.toHaveProperty('PointInTimeRecoverySpecification');
    expect(properties).not.toHaveProperty('StreamSpecification');
    expect(properties).not.toHaveProperty('GlobalSecondaryIndexes');
  });

  const index = (name: string, hash: string, range: string) => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  });

  test('the gift cards table has its keys, its stream and sparse indexes of keys alone', () => {
    expect(table('GiftCardsTable').Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: [index('byExpireAt', 'expireShard', 'expireAt')],
    });
  });

  test('the payments table has its keys, its stream and sparse indexes of keys alone', () => {
    expect(table('PaymentsTable').Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: [
        index('byCreatedAt', 'createdShard', 'createdAt'),
        index('byOwner', 'ownerId', 'createdAt'),
        index('byResolveAt', 'resolveShard', 'resolveAt'),
      ],
    });
  });

  test('disputes have no sort key and no stream, and are listed by the time of their opening', () => {
    const { Properties: properties } = table('DisputesTable');
    expect(properties).toMatchObject({
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [index('byOpenedAt', 'list', 'openedAt')],
    });
    expect(properties).not.toHaveProperty('StreamSpecification');
  });

  test('the index of tokens carries what a list shows, and nothing that is sealed', () => {
    expect(table('TokensTable').Properties['GlobalSecondaryIndexes']).toMatchObject([
      {
        IndexName: 'byOwner',
        Projection: {
          ProjectionType: 'INCLUDE',
          NonKeyAttributes: ['brand', 'funding', 'bin', 'last4', 'expMonth', 'expYear', 'version'],
        },
      },
    ]);
  });
});

describe('keys', () => {
  test('each has its kind, is retained, and is rotated where KMS can', () => {
    const keys = Object.fromEntries(
      resourcesOfType(assembly.data, 'AWS::KMS::Key').map(([id, { Properties: p, DeletionPolicy: policy }]) => [
        withoutHash(id),
        [p['KeySpec'], p['KeyUsage'], p['EnableKeyRotation'], policy],
      ]),
    );
    expect(keys).toEqual({
      GiftCardKeysGiftCardCodeKey1: ['HMAC_256', 'GENERATE_VERIFY_MAC', undefined, 'Retain'],
      KeysEnvelopeKey202611: ['RSA_3072', 'ENCRYPT_DECRYPT', undefined, 'Retain'],
      KeysFingerprintKey1: ['HMAC_256', 'GENERATE_VERIFY_MAC', undefined, 'Retain'],
      LedgerKey: ['ECC_NIST_P256', 'SIGN_VERIFY', undefined, 'Retain'],
      KeysVaultKey: [undefined, undefined, true, 'Retain'],
    });
  });
});

test('what keeps state outlives its stack; what the next deployment makes again goes with it', () => {
  const goes = [
    'AWS::CloudWatch::Alarm',
    'AWS::Cognito::UserPoolClient',
    'AWS::Cognito::UserPoolDomain',
    'AWS::Cognito::UserPoolGroup',
    'AWS::Cognito::UserPoolResourceServer',
    'AWS::SQS::QueuePolicy',
  ];
  const rest = Object.entries(assembly.data.Resources).filter(([, { Type: type }]) => !goes.includes(type));
  const byPolicy = Object.groupBy(rest, ([, { DeletionPolicy: policy }]) => policy ?? 'none');
  const idsOf = (policy: string) => (byPolicy[policy] ?? []).map(([id]) => withoutHash(id)).toSorted();
  expect(Object.keys(byPolicy).toSorted()).toEqual(['Delete', 'Retain']);
  expect(idsOf('Delete')).toEqual(['CvcTable', 'GiftCardSecretsTable']);
  expect(idsOf('Retain')).toEqual([
    'AccessUserPool',
    'BegunPaymentsQueue',
    'BegunPaymentsQueueDeadLetters',
    'DisputesTable',
    'EventBus',
    'ExceptionsTable',
    'FraudTable',
    'FxTable',
    'GiftCardKeysGiftCardCodeKey1',
    'GiftCardsTable',
    'GuardsTable',
    'KeysEnvelopeKey202611',
    'KeysFingerprintKey1',
    'KeysVaultKey',
    'LedgerKey',
    'LedgerTable',
    'LotsTable',
    'PaymentsTable',
    'ReviewsTable',
    'SettlementsTable',
    'TokensTable',
    'UnjournaledDeadLetters',
    'UnpublishedGiftCardsQueue',
    'UnpublishedGiftCardsQueueDeadLetters',
    'UnpublishedQueue',
    'UnpublishedQueueDeadLetters',
  ]);
});

describe('access', () => {
  test('there is a resource server for each prefix, and together they have every scope', () => {
    const served = resourcesOfType(assembly.data, 'AWS::Cognito::UserPoolResourceServer').flatMap(
      ([, { Properties: p }]) =>
        (p['Scopes'] as { ScopeName: string }[]).map(({ ScopeName: name }) => `${String(p['Identifier'])}/${name}`),
    );
    expect(served.toSorted()).toEqual(scopes.toSorted());
  });

  test('the client platform has every scope but operations, the client operations has those alone', () => {
    const clients: Record<string, Record<string, unknown>> = Object.fromEntries(
      resourcesOfType(assembly.data, 'AWS::Cognito::UserPoolClient').map(([, { Properties: p }]) => [
        String(p['ClientName']),
        p,
      ]),
    );
    const granted = (name: string) => (clients[name]?.['AllowedOAuthScopes'] as unknown[]).length;
    expect(Object.keys(clients).toSorted()).toEqual(['operations', 'platform']);
    expect(granted('operations')).toBe(2);
    expect(granted('platform')).toBe(scopes.length - 2);
    for (const client of Object.values(clients)) {
      expect(client).toMatchObject({ GenerateSecret: true, AllowedOAuthFlows: ['client_credentials'] });
    }
  });

  test('no client lets people sign in: without a list Cognito would allow SRP and custom challenges', () => {
    const clients = resourcesOfType(assembly.data, 'AWS::Cognito::UserPoolClient');
    expect(clients.map(([, { Properties: p }]) => p['ExplicitAuthFlows'])).toEqual([
      ['ALLOW_REFRESH_TOKEN_AUTH'],
      ['ALLOW_REFRESH_TOKEN_AUTH'],
    ]);
  });

  test('people are in the groups of the architecture and need a second factor', () => {
    const groups = resourcesOfType(assembly.data, 'AWS::Cognito::UserPoolGroup').map(
      ([, { Properties: p }]) => p['GroupName'],
    );
    expect(groups.toSorted()).toEqual(['buyers', 'operators', 'sellers']);
    const [[, pool] = ['', { Properties: {} }]] = resourcesOfType(assembly.data, 'AWS::Cognito::UserPool');
    expect(pool.Properties).toMatchObject({
      MfaConfiguration: 'ON',
      DeletionProtection: 'ACTIVE',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
  });
});

test('a queue is encrypted, and all but the last in line give up into another', () => {
  const queues = resourcesOfType(assembly.data, 'AWS::SQS::Queue');
  expect(queues.map(([id]) => withoutHash(id)).toSorted()).toEqual([
    'BegunPaymentsQueue',
    'BegunPaymentsQueueDeadLetters',
    'UnjournaledDeadLetters',
    'UnpublishedGiftCardsQueue',
    'UnpublishedGiftCardsQueueDeadLetters',
    'UnpublishedQueue',
    'UnpublishedQueueDeadLetters',
  ]);
  for (const [id, { Properties: properties }] of queues) {
    expect(properties['SqsManagedSseEnabled']).toBe(true);
    expect(properties['RedrivePolicy'] === undefined).toBe(withoutHash(id).endsWith('DeadLetters'));
  }
});
