import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Assembly } from './assembly.ts';
import { givenAssembly, readable, resourcesOfType } from './assembly.ts';
import { grantsByRole } from './grants.ts';

const stepsOfGiftCards = [
  'dynamodb:BatchGetItem GiftCardsTable',
  'dynamodb:PutItem GiftCardsTable',
  'dynamodb:UpdateItem GiftCardsTable',
];
const movesPayments = [
  ...stepsOfGiftCards,
  'dynamodb:GetItem PaymentsTable',
  'dynamodb:PutItem PaymentsTable',
  'dynamodb:UpdateItem PaymentsTable',
];
const reversesLots = ['dynamodb:BatchGetItem LotsTable', 'dynamodb:PutItem LotsTable', 'dynamodb:UpdateItem LotsTable'];

/** docs/architecture.md's column "May", with what a stream's mapping and a failed batch need besides. */
const functions: Readonly<Record<string, readonly string[]>> = {
  DocumentationGetOpenapi: [],
  TokensGetEncryptionKey: ['kms:GetPublicKey KeysEnvelopeKey202611'],
  TokensCreateToken: [
    'dynamodb:PutItem CvcTable',
    'dynamodb:PutItem GuardsTable',
    'dynamodb:PutItem TokensTable',
    'dynamodb:UpdateItem GuardsTable',
    'kms:Decrypt KeysEnvelopeKey202611',
    'kms:GenerateDataKey KeysVaultKey',
    'kms:GenerateMac KeysFingerprintKey1',
  ],
  TokensListTokens: ['dynamodb:Query TokensTable/index/byOwner'],
  TokensGetToken: ['dynamodb:GetItem TokensTable'],
  TokensDeleteToken: ['dynamodb:DeleteItem CvcTable', 'dynamodb:DeleteItem TokensTable'],
  TokensRefreshCvc: [
    'dynamodb:GetItem TokensTable',
    'dynamodb:PutItem CvcTable',
    'dynamodb:PutItem GuardsTable',
    'kms:Decrypt KeysEnvelopeKey202611',
    'kms:Decrypt KeysVaultKey',
  ],
  PaymentsCreatePayment: [
    'dynamodb:GetItem FxTable',
    'dynamodb:PutItem FxTable',
    'dynamodb:GetItem GiftCardsTable',
    'dynamodb:UpdateItem GuardsTable',
    'kms:GenerateMac GiftCardKeysGiftCardCodeKey1',
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:GetItem TokensTable',
    'dynamodb:PutItem PaymentsTable',
    'dynamodb:UpdateItem PaymentsTable',
    'states:StartSyncExecution PaymentsAuthorizePayment',
  ],
  PaymentsGetPayment: ['dynamodb:GetItem PaymentsTable'],
  PaymentsListPayments: [
    'dynamodb:BatchGetItem PaymentsTable',
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:Query PaymentsTable/index/byCreatedAt',
    'dynamodb:Query PaymentsTable/index/byOwner',
  ],
  PaymentsGetTimeline: [
    'dynamodb:Query PaymentsTable',
    'states:DescribeExecution arn:aws:states:eu-central-1:AWS::AccountId:execution:FraudReviewPayment.Name:*',
    'states:DescribeExecution arn:aws:states:eu-central-1:AWS::AccountId:execution:PaymentsResolvePayment.Name:*',
  ],
  FraudScoreFraud: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:BatchGetItem ReviewsTable',
    'dynamodb:GetItem FraudTable',
    'dynamodb:UpdateItem FraudTable',
  ],
  FraudAwaitDecision: ['dynamodb:GetItem ReviewsTable', 'dynamodb:PutItem ReviewsTable'],
  FraudEndReview: [
    'dynamodb:GetItem FraudTable',
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:GetItem ReviewsTable',
    'dynamodb:PutItem PaymentsTable',
    'dynamodb:PutItem ReviewsTable',
    'dynamodb:UpdateItem PaymentsTable',
  ],
  FraudListReviews: ['dynamodb:BatchGetItem ReviewsTable', 'dynamodb:Query ReviewsTable/index/byState'],
  FraudGetReview: ['dynamodb:GetItem ReviewsTable'],
  FraudClaimReview: ['dynamodb:GetItem ReviewsTable', 'dynamodb:PutItem ReviewsTable'],
  FraudDecideReview: [
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:GetItem ReviewsTable',
    'dynamodb:PutItem PaymentsTable',
    'dynamodb:PutItem ReviewsTable',
    'dynamodb:UpdateItem PaymentsTable',
    'states:SendTaskSuccess FraudReviewPayment',
  ],
  FraudRecordLabel: ['dynamodb:BatchGetItem FraudTable', 'dynamodb:PutItem FraudTable', 'dynamodb:Query PaymentsTable'],
  FraudGetFraudSettings: ['dynamodb:GetItem FraudTable'],
  FraudSetFraudSettings: ['dynamodb:GetItem FraudTable', 'dynamodb:PutItem FraudTable'],
  FraudListFraudListEntries: ['dynamodb:BatchGetItem FraudTable', 'dynamodb:Query FraudTable/index/byList'],
  FraudCreateFraudListEntry: [
    'dynamodb:GetItem FraudTable',
    'dynamodb:PutItem FraudTable',
    'dynamodb:Query PaymentsTable',
  ],
  FraudGetFraudModels: ['dynamodb:BatchGetItem FraudTable', 'dynamodb:GetItem FraudTable'],
  FraudCreateFraudModel: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:GetItem FraudTable',
    'dynamodb:PutItem FraudTable',
  ],
  FraudPromoteFraudModel: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:GetItem FraudTable',
    'dynamodb:PutItem FraudTable',
  ],
  FraudRollBackFraudModel: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:GetItem FraudTable',
    'dynamodb:PutItem FraudTable',
  ],
  FraudCompareFraudModels: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:BatchGetItem PaymentsTable',
    'dynamodb:GetItem FraudTable',
    'dynamodb:Query PaymentsTable/index/byCreatedAt',
  ],
  FraudListFraudReports: ['dynamodb:BatchGetItem FraudTable', 'dynamodb:Query FraudTable/index/byList'],
  FraudUpkeepMonitorModel: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:BatchGetItem PaymentsTable',
    'dynamodb:GetItem FraudTable',
    'dynamodb:PutItem FraudTable',
    'dynamodb:Query PaymentsTable/index/byCreatedAt',
  ],
  FraudDeleteFraudListEntry: ['dynamodb:DeleteItem FraudTable'],
  PaymentsAuthorizeCard: ['dynamodb:DeleteItem CvcTable', 'dynamodb:GetItem TokensTable', 'kms:Decrypt KeysVaultKey'],
  PaymentsHoldGiftCards: stepsOfGiftCards,
  PaymentsRecordOutcome: [...movesPayments, 'dynamodb:PutItem ReviewsTable', 'dynamodb:UpdateItem ReviewsTable'],
  PaymentsCreateCapture: [...movesPayments, 'dynamodb:PutItem LotsTable'],
  PaymentsVoidPayment: movesPayments,
  PaymentsCreateRefund: [...movesPayments, ...reversesLots],
  PaymentsFinishMovements: [...movesPayments, ...reversesLots],
  PaymentsLookUpAuthorization: [],
  PaymentsCancelAuthorization: [],
  PaymentUpkeepStartResolutions: [
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:Query PaymentsTable/index/byResolveAt',
    'dynamodb:UpdateItem PaymentsTable',
    'states:StartExecution PaymentsResolvePayment',
  ],
  PaymentUpkeepWatchPayments: [
    'dynamodb:DescribeStream PaymentsTable.StreamArn',
    'dynamodb:GetRecords PaymentsTable.StreamArn',
    'dynamodb:GetShardIterator PaymentsTable.StreamArn',
    'dynamodb:ListStreams PaymentsTable.StreamArn',
    'sqs:SendMessage BegunPaymentsQueue',
  ],
  PaymentUpkeepLookAfterPayments: [
    'dynamodb:BatchGetItem PaymentsTable',
    'dynamodb:GetRecords PaymentsTable.StreamArn',
    'dynamodb:GetShardIterator PaymentsTable.StreamArn',
    'dynamodb:UpdateItem PaymentsTable',
    'sqs:DeleteMessage BegunPaymentsQueue',
    'sqs:GetQueueAttributes BegunPaymentsQueue',
    'sqs:ReceiveMessage BegunPaymentsQueue',
  ],
  PaymentUpkeepNoteExpiries: [
    'dynamodb:BatchGetItem PaymentsTable',
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:Query PaymentsTable/index/byCreatedAt',
    'dynamodb:UpdateItem PaymentsTable',
  ],
  PaymentUpkeepPublishEvents: [
    'dynamodb:DescribeStream PaymentsTable.StreamArn',
    'dynamodb:GetRecords PaymentsTable.StreamArn',
    'dynamodb:GetShardIterator PaymentsTable.StreamArn',
    'dynamodb:ListStreams PaymentsTable.StreamArn',
    'events:PutEvents EventBus',
    'sqs:SendMessage UnpublishedQueue',
  ],
  PaymentUpkeepSweepEvents: [
    'dynamodb:GetRecords PaymentsTable.StreamArn',
    'dynamodb:GetShardIterator PaymentsTable.StreamArn',
    'dynamodb:Scan PaymentsTable',
    'events:PutEvents EventBus',
    'sqs:DeleteMessage UnpublishedQueue',
    'sqs:ReceiveMessage UnpublishedQueue',
  ],
  FraudCountDeclines: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:PutItem FraudTable',
    'dynamodb:UpdateItem FraudTable',
  ],
  FraudRememberPayments: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:DescribeStream PaymentsTable.StreamArn',
    'dynamodb:GetRecords PaymentsTable.StreamArn',
    'dynamodb:GetShardIterator PaymentsTable.StreamArn',
    'dynamodb:ListStreams PaymentsTable.StreamArn',
    'dynamodb:PutItem FraudTable',
    'sqs:SendMessage FraudUnrememberedDeadLetters',
  ],
  DisputesReceiveAcquirerNotification: [
    'dynamodb:BatchGetItem FraudTable',
    'dynamodb:PutItem FraudTable',
    'dynamodb:Query PaymentsTable',
    'dynamodb:BatchGetItem LotsTable',
    'dynamodb:GetItem DisputesTable',
    'dynamodb:GetItem PaymentsTable',
    'dynamodb:PutItem DisputesTable',
    'dynamodb:PutItem ExceptionsTable',
    'dynamodb:PutItem LotsTable',
    'dynamodb:PutItem PaymentsTable',
    'dynamodb:UpdateItem LotsTable',
    'dynamodb:UpdateItem PaymentsTable',
  ],
  DisputesListDisputes: ['dynamodb:BatchGetItem DisputesTable', 'dynamodb:Query DisputesTable/index/byOpenedAt'],
  DisputesGetDispute: ['dynamodb:GetItem DisputesTable'],
  ExceptionsListExceptions: ['dynamodb:BatchGetItem ExceptionsTable', 'dynamodb:Query ExceptionsTable/index/byState'],
  SettlementReconcileSettlement: [
    'dynamodb:BatchGetItem DisputesTable',
    'dynamodb:BatchGetItem PaymentsTable',
    'dynamodb:BatchGetItem SettlementsTable',
    'dynamodb:DeleteItem SettlementsTable',
    'dynamodb:GetItem SettlementsTable',
    'dynamodb:PutItem ExceptionsTable',
    'dynamodb:PutItem SettlementsTable',
    'dynamodb:GetItem LedgerTable',
    'dynamodb:Query LedgerTable',
    'dynamodb:Query SettlementsTable',
    'dynamodb:UpdateItem ExceptionsTable',
    'dynamodb:UpdateItem SettlementsTable',
  ],
  FxCreateQuote: ['dynamodb:GetItem FxTable', 'dynamodb:PutItem FxTable', 'dynamodb:Query FxTable'],
  FxRefreshRates: ['dynamodb:PutItem FxTable'],
  GiftCardsIssueGiftCard: [
    'dynamodb:GetItem GiftCardSecretsTable',
    'dynamodb:GetItem GiftCardsTable',
    'dynamodb:PutItem GiftCardSecretsTable',
    'dynamodb:PutItem GiftCardsTable',
    'kms:GenerateMac GiftCardKeysGiftCardCodeKey1',
  ],
  GiftCardsGetGiftCard: ['dynamodb:GetItem GiftCardsTable'],
  GiftCardsLookUpGiftCard: [
    'dynamodb:GetItem GiftCardsTable',
    'dynamodb:UpdateItem GuardsTable',
    'kms:GenerateMac GiftCardKeysGiftCardCodeKey1',
  ],
  GiftCardUpkeepExpireGiftCards: [
    'dynamodb:GetItem GiftCardsTable',
    'dynamodb:PutItem GiftCardsTable',
    'dynamodb:Query GiftCardsTable/index/byExpireAt',
    'dynamodb:UpdateItem GiftCardsTable',
  ],
  GiftCardUpkeepPublishGiftCardEvents: [
    'dynamodb:DescribeStream GiftCardsTable.StreamArn',
    'dynamodb:GetRecords GiftCardsTable.StreamArn',
    'dynamodb:GetShardIterator GiftCardsTable.StreamArn',
    'dynamodb:ListStreams GiftCardsTable.StreamArn',
    'events:PutEvents EventBus',
    'sqs:SendMessage UnpublishedGiftCardsQueue',
  ],
  GiftCardUpkeepSweepGiftCardEvents: [
    'dynamodb:GetRecords GiftCardsTable.StreamArn',
    'dynamodb:GetShardIterator GiftCardsTable.StreamArn',
    'dynamodb:Scan GiftCardsTable',
    'events:PutEvents EventBus',
    'sqs:DeleteMessage UnpublishedGiftCardsQueue',
    'sqs:ReceiveMessage UnpublishedGiftCardsQueue',
  ],
  LedgerJournalEntries: [
    'dynamodb:BatchGetItem LedgerTable',
    'dynamodb:DescribeStream GiftCardsTable.StreamArn',
    'dynamodb:DescribeStream PaymentsTable.StreamArn',
    'dynamodb:DescribeStream SettlementsTable.StreamArn',
    'dynamodb:GetItem LedgerTable',
    'dynamodb:GetRecords GiftCardsTable.StreamArn',
    'dynamodb:GetRecords PaymentsTable.StreamArn',
    'dynamodb:GetRecords SettlementsTable.StreamArn',
    'dynamodb:GetShardIterator GiftCardsTable.StreamArn',
    'dynamodb:GetShardIterator PaymentsTable.StreamArn',
    'dynamodb:GetShardIterator SettlementsTable.StreamArn',
    'dynamodb:ListStreams GiftCardsTable.StreamArn',
    'dynamodb:ListStreams PaymentsTable.StreamArn',
    'dynamodb:ListStreams SettlementsTable.StreamArn',
    'dynamodb:PutItem LedgerTable',
    'dynamodb:Query LedgerTable',
    'dynamodb:UpdateItem LedgerTable',
    'sqs:SendMessage UnjournaledDeadLetters',
  ],
  LedgerCloseDay: [
    'dynamodb:PutItem LedgerTable',
    'dynamodb:Query LedgerTable',
    'dynamodb:UpdateItem LedgerTable',
    'kms:GetPublicKey LedgerKey',
    'kms:Sign LedgerKey',
  ],
  LedgerGetTrialBalance: ['dynamodb:GetItem LedgerTable', 'dynamodb:Query LedgerTable'],
  LedgerListAccountEntries: ['dynamodb:Query LedgerTable'],
};

const workflows: Readonly<Record<string, readonly string[]>> = {
  PaymentsAuthorizePayment: [
    'dynamodb:DeleteItem CvcTable',
    'lambda:InvokeFunction FraudScoreFraud',
    'lambda:InvokeFunction PaymentsAuthorizeCard',
    'lambda:InvokeFunction PaymentsFinishMovements',
    'lambda:InvokeFunction PaymentsHoldGiftCards',
    'lambda:InvokeFunction PaymentsRecordOutcome',
    'states:StartExecution FraudReviewPayment',
  ],
  PaymentsResolvePayment: [
    'dynamodb:DeleteItem CvcTable',
    'lambda:InvokeFunction PaymentsCancelAuthorization',
    'lambda:InvokeFunction PaymentsLookUpAuthorization',
    'lambda:InvokeFunction PaymentsFinishMovements',
    'lambda:InvokeFunction PaymentsRecordOutcome',
    'lambda:InvokeFunction FraudEndReview',
    'states:StartExecution FraudReviewPayment',
  ],
  FraudReviewPayment: [
    'lambda:InvokeFunction FraudAwaitDecision',
    'lambda:InvokeFunction FraudEndReview',
    'lambda:InvokeFunction PaymentsFinishMovements',
  ],
};

const schedules: Readonly<Record<string, readonly string[]>> = {
  FraudUpkeepMonitorModelSchedule: [
    'lambda:InvokeFunction FraudUpkeepMonitorModel',
    'sqs:SendMessage FraudUpkeepMonitorModelDeadLetters',
  ],
  LedgerCloseDaySchedule: ['lambda:InvokeFunction LedgerCloseDay', 'sqs:SendMessage LedgerCloseDayDeadLetters'],
  PaymentUpkeepStartResolutionsSchedule: [
    'lambda:InvokeFunction PaymentUpkeepStartResolutions',
    'sqs:SendMessage PaymentUpkeepStartResolutionsDeadLetters',
  ],
  SettlementReconcileSettlementSchedule: [
    'lambda:InvokeFunction SettlementReconcileSettlement',
    'sqs:SendMessage SettlementReconcileSettlementDeadLetters',
  ],
  FxRefreshRatesSchedule: ['lambda:InvokeFunction FxRefreshRates', 'sqs:SendMessage FxRefreshRatesDeadLetters'],
  GiftCardUpkeepExpireGiftCardsSchedule: [
    'lambda:InvokeFunction GiftCardUpkeepExpireGiftCards',
    'sqs:SendMessage GiftCardUpkeepExpireGiftCardsDeadLetters',
  ],
  GiftCardUpkeepSweepGiftCardEventsSchedule: [
    'lambda:InvokeFunction GiftCardUpkeepSweepGiftCardEvents',
    'sqs:SendMessage GiftCardUpkeepSweepGiftCardEventsDeadLetters',
  ],
  PaymentUpkeepNoteExpiriesSchedule: [
    'lambda:InvokeFunction PaymentUpkeepNoteExpiries',
    'sqs:SendMessage PaymentUpkeepNoteExpiriesDeadLetters',
  ],
  PaymentUpkeepSweepEventsSchedule: [
    'lambda:InvokeFunction PaymentUpkeepSweepEvents',
    'sqs:SendMessage PaymentUpkeepSweepEventsDeadLetters',
  ],
};

/** What every function has besides, whatever it is for: to write its own log, and to send traces. */
const ofEveryFunction = (id: string) => [
  `logs:CreateLogStream ${id}Logs`,
  `logs:PutLogEvents ${id}Logs`,
  'xray:PutTelemetryRecords *',
  'xray:PutTraceSegments *',
];

/** The functions whose calls nobody waits for give up into a queue of their own. */
const withDeadLetters = [
  'LedgerCloseDay',
  'FraudCountDeclines',
  'FraudRecordLabel',
  'FraudUpkeepMonitorModel',
  'FxRefreshRates',
  'GiftCardUpkeepExpireGiftCards',
  'GiftCardUpkeepSweepGiftCardEvents',
  'PaymentUpkeepNoteExpiries',
  'PaymentUpkeepStartResolutions',
  'PaymentUpkeepSweepEvents',
  'SettlementReconcileSettlement',
];

/** What every workflow has besides: to have its log delivered, and to send traces by the account's sampling rules. */
const ofEveryWorkflow = [
  'logs:CreateLogDelivery *',
  'logs:DeleteLogDelivery *',
  'logs:DescribeLogGroups *',
  'logs:DescribeResourcePolicies *',
  'logs:GetLogDelivery *',
  'logs:ListLogDeliveries *',
  'logs:PutResourcePolicy *',
  'logs:UpdateLogDelivery *',
  'xray:GetSamplingRules *',
  'xray:GetSamplingTargets *',
  'xray:PutTelemetryRecords *',
  'xray:PutTraceSegments *',
];

const expectedGrants = [
  ...Object.entries(functions).map(([id, own]) => {
    const deadLetters = withDeadLetters.includes(id) ? [`sqs:SendMessage ${id}DeadLetters`] : [];
    return { id, expected: [...own, ...ofEveryFunction(id), ...deadLetters] };
  }),
  ...Object.entries(workflows).map(([id, own]) => ({ id, expected: [...own, ...ofEveryWorkflow] })),
  ...Object.entries(schedules).map(([id, expected]) => ({ id, expected })),
];

let assembly: Assembly;
let grants: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  assembly = await givenAssembly('local');
  grants = grantsByRole(assembly);
});

describe('a role may do exactly what the architecture grants it', () => {
  test.each(expectedGrants)('$id', ({ id, expected }) => {
    expect(grants.get(`${id}Role`)).toEqual(expected.toSorted());
  });

  test('and there is no role besides', () => {
    expect([...grants.keys()].toSorted()).toEqual(expectedGrants.map(({ id }) => `${id}Role`).toSorted());
  });

  test('no role has a managed or an inline policy', () => {
    for (const [, { Properties: properties }] of resourcesOfType(assembly.platform, 'AWS::IAM::Role')) {
      expect(Object.keys(properties).toSorted()).toEqual(['AssumeRolePolicyDocument', 'Description']);
    }
  });

  test('every function runs in the role of its own name', () => {
    for (const [logicalId, { Properties: properties }] of resourcesOfType(assembly.platform, 'AWS::Lambda::Function')) {
      expect(`${readable(assembly, { Ref: logicalId })}Role`).toBe(readable(assembly, properties['Role']));
    }
  });
});
