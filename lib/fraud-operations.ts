import type { Construct } from 'constructs';
import type { Environment as RollBackFraudModelEnvironment } from '../lambdas/fraud/roll-back-fraud-model.api.ts';
import type { Environment as PromoteFraudModelEnvironment } from '../lambdas/fraud/promote-fraud-model.api.ts';
import type { Environment as GetFraudModelsEnvironment } from '../lambdas/fraud/get-fraud-models.api.ts';
import type { Environment as CreateFraudModelEnvironment } from '../lambdas/fraud/create-fraud-model.api.ts';
import type { Environment as CompareFraudModelsEnvironment } from '../lambdas/fraud/compare-fraud-models.api.ts';
import type { Environment as CreateFraudListEntryEnvironment } from '../lambdas/fraud/create-fraud-list-entry.api.ts';
import type { Environment as DeleteFraudListEntryEnvironment } from '../lambdas/fraud/delete-fraud-list-entry.api.ts';
import type { Environment as GetFraudSettingsEnvironment } from '../lambdas/fraud/get-fraud-settings.api.ts';
import type { Environment as ListFraudListEntriesEnvironment } from '../lambdas/fraud/list-fraud-list-entries.api.ts';
import type { Environment as ListFraudReportsEnvironment } from '../lambdas/fraud/list-fraud-reports.api.ts';
import type { Environment as SetFraudSettingsEnvironment } from '../lambdas/fraud/set-fraud-settings.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { HouseFunctionProps } from './house/function.ts';
import type { Stage } from './stage.ts';

interface FraudOperationsProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/**
 * The functions by which operators set things about fraud, without a deployment: limits and costs, whom they block or allow, and which model decides. They
 * belong to `scope`, the construct of fraud.
 */
export function createFraudOperations(scope: Construct, props: FraudOperationsProps): readonly HouseFunction[] {
  return [...createSettings(scope, props), ...createLists(scope, props), ...createModels(scope, props)];
}

function create(
  scope: Construct,
  id: string,
  { stage }: FraudOperationsProps,
  props: Omit<HouseFunctionProps, 'stage' | 'timeoutSeconds'> & { readonly timeoutSeconds?: number },
): HouseFunction {
  return new HouseFunction(scope, id, { stage, timeoutSeconds: 10, ...props });
}

function createSettings(scope: Construct, props: FraudOperationsProps): readonly HouseFunction[] {
  const { fraudTable } = props.data;
  const environment = { FRAUD_TABLE_NAME: fraudTable.tableName };
  const getFraudSettings = create(scope, 'GetFraudSettings', props, {
    handler: 'fraud/get-fraud-settings.api',
    purpose: 'answers limits and costs',
    environment: environment satisfies VariablesOf<GetFraudSettingsEnvironment>,
  }).may(['dynamodb:GetItem'], fraudTable.tableArn);
  const setFraudSettings = create(scope, 'SetFraudSettings', props, {
    handler: 'fraud/set-fraud-settings.api',
    purpose: 'sets limits and costs',
    environment: environment satisfies VariablesOf<SetFraudSettingsEnvironment>,
  }).may(['dynamodb:GetItem', 'dynamodb:PutItem'], fraudTable.tableArn);
  return [getFraudSettings, setFraudSettings];
}

function createLists(scope: Construct, props: FraudOperationsProps): readonly HouseFunction[] {
  const { fraudTable, paymentsTable } = props.data;
  const environment = { FRAUD_TABLE_NAME: fraudTable.tableName };
  const listEntries = create(scope, 'ListFraudListEntries', props, {
    handler: 'fraud/list-fraud-list-entries.api',
    purpose: 'lists who is blocked or allowed',
    environment: environment satisfies VariablesOf<ListFraudListEntriesEnvironment>,
  })
    .may(['dynamodb:Query'], fraudTable.indexArn('byList'))
    .may(['dynamodb:BatchGetItem'], fraudTable.tableArn);
  const createEntry = create(scope, 'CreateFraudListEntry', props, {
    handler: 'fraud/create-fraud-list-entry.api',
    purpose: 'blocks or allows a card, a device, a buyer or an address',
    environment: {
      ...environment,
      PAYMENTS_TABLE_NAME: paymentsTable.tableName,
    } satisfies VariablesOf<CreateFraudListEntryEnvironment>,
  })
    .may(['dynamodb:GetItem', 'dynamodb:PutItem'], fraudTable.tableArn)
    .may(['dynamodb:Query'], paymentsTable.tableArn);
  const deleteEntry = create(scope, 'DeleteFraudListEntry', props, {
    handler: 'fraud/delete-fraud-list-entry.api',
    purpose: 'takes an entry off the lists',
    environment: environment satisfies VariablesOf<DeleteFraudListEntryEnvironment>,
  }).may(['dynamodb:DeleteItem'], fraudTable.tableArn);
  const listReports = create(scope, 'ListFraudReports', props, {
    handler: 'fraud/list-fraud-reports.api',
    purpose: 'lists how the model did, day by day',
    environment: environment satisfies VariablesOf<ListFraudReportsEnvironment>,
  })
    .may(['dynamodb:Query'], fraudTable.indexArn('byList'))
    .may(['dynamodb:BatchGetItem'], fraudTable.tableArn);
  return [listEntries, createEntry, deleteEntry, listReports];
}

function createModels(scope: Construct, props: FraudOperationsProps): readonly HouseFunction[] {
  const { fraudTable, paymentsTable } = props.data;
  const environment = { FRAUD_TABLE_NAME: fraudTable.tableName };
  const readers = ['dynamodb:GetItem', 'dynamodb:BatchGetItem'];
  const getModels = create(scope, 'GetFraudModels', props, {
    handler: 'fraud/get-fraud-models.api',
    purpose: 'answers which models score',
    environment: environment satisfies VariablesOf<GetFraudModelsEnvironment>,
  }).may(readers, fraudTable.tableArn);
  const createModel = create(scope, 'CreateFraudModel', props, {
    handler: 'fraud/create-fraud-model.api',
    purpose: 'puts a model in as challenger',
    environment: environment satisfies VariablesOf<CreateFraudModelEnvironment>,
  }).may([...readers, 'dynamodb:PutItem'], fraudTable.tableArn);
  const promoteModel = create(scope, 'PromoteFraudModel', props, {
    handler: 'fraud/promote-fraud-model.api',
    purpose: 'lets the challenger decide',
    environment: environment satisfies VariablesOf<PromoteFraudModelEnvironment>,
  }).may([...readers, 'dynamodb:PutItem'], fraudTable.tableArn);
  const rollBackModel = create(scope, 'RollBackFraudModel', props, {
    handler: 'fraud/roll-back-fraud-model.api',
    purpose: 'takes the promotion of a model back',
    environment: environment satisfies VariablesOf<RollBackFraudModelEnvironment>,
  }).may([...readers, 'dynamodb:PutItem'], fraudTable.tableArn);
  const compareModels = create(scope, 'CompareFraudModels', props, {
    handler: 'fraud/compare-fraud-models.api',
    purpose: 'holds champion and challenger beside each other',
    // As long as API Gateway waits: thousands of payments are read.
    timeoutSeconds: 29,
    environment: {
      ...environment,
      PAYMENTS_TABLE_NAME: paymentsTable.tableName,
    } satisfies VariablesOf<CompareFraudModelsEnvironment>,
  })
    .may(readers, fraudTable.tableArn)
    .may(['dynamodb:Query'], paymentsTable.indexArn('byCreatedAt'))
    .may(['dynamodb:BatchGetItem'], paymentsTable.tableArn);
  return [getModels, createModel, promoteModel, rollBackModel, compareModels];
}
