import { Construct } from 'constructs';
import type { Environment as GetDisputeEnvironment } from '../lambdas/disputes/get-dispute.api.ts';
import type { Environment as ListDisputesEnvironment } from '../lambdas/disputes/list-disputes.api.ts';
import type { Environment as ReceiveAcquirerNotificationEnvironment } from '../lambdas/disputes/receive-acquirer-notification.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { Stage } from './stage.ts';

export interface DisputesProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** The public keys by which the acquirer's notifications are known, with a blank between; a CloudFormation token. */
  readonly acquirerNotificationKeys: string;
}

/** What the acquirer tells of disputes, and what operators see of them. */
export class Disputes extends Construct {
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, props: DisputesProps) {
    super(scope, id);
    this.functions = [this.createReceiver(props), ...this.createReaders(props)];
  }

  private createReceiver({ stage, data, acquirerNotificationKeys }: DisputesProps): HouseFunction {
    const { paymentsTable, lotsTable, disputesTable, exceptionsTable, fraudTable } = data;
    return new HouseFunction(this, 'ReceiveAcquirerNotification', {
      stage,
      handler: 'disputes/receive-acquirer-notification.api',
      purpose: 'takes what the acquirer tells of disputes and frauds',
      timeoutSeconds: 20,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        LOTS_TABLE_NAME: lotsTable.tableName,
        DISPUTES_TABLE_NAME: disputesTable.tableName,
        EXCEPTIONS_TABLE_NAME: exceptionsTable.tableName,
        FRAUD_TABLE_NAME: fraudTable.tableName,
        ACQUIRER_NOTIFICATION_KEYS: acquirerNotificationKeys,
        DISPUTE_FEE_BEARER: stage.disputeFeeBearer,
      } satisfies VariablesOf<ReceiveAcquirerNotificationEnvironment>,
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], disputesTable.tableArn)
      .may(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], fraudTable.tableArn)
      .may(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], paymentsTable.tableArn)
      .may(['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], lotsTable.tableArn)
      .may(['dynamodb:PutItem'], exceptionsTable.tableArn);
  }

  private createReaders({ stage, data: { disputesTable } }: DisputesProps): readonly HouseFunction[] {
    const environment = { DISPUTES_TABLE_NAME: disputesTable.tableName };
    const listDisputes = new HouseFunction(this, 'ListDisputes', {
      stage,
      handler: 'disputes/list-disputes.api',
      purpose: 'lists disputes, newest first',
      timeoutSeconds: 10,
      environment: environment satisfies VariablesOf<ListDisputesEnvironment>,
    })
      .may(['dynamodb:Query'], disputesTable.indexArn('byOpenedAt'))
      .may(['dynamodb:BatchGetItem'], disputesTable.tableArn);
    const getDispute = new HouseFunction(this, 'GetDispute', {
      stage,
      handler: 'disputes/get-dispute.api',
      purpose: 'answers one dispute',
      timeoutSeconds: 10,
      environment: environment satisfies VariablesOf<GetDisputeEnvironment>,
    }).may(['dynamodb:GetItem'], disputesTable.tableArn);
    return [listDisputes, getDispute];
  }
}
