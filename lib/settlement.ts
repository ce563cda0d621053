import { Duration, Stack } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { settlementLogMessages } from '../core/settlement/log-messages.ts';
import type { Environment as ReconcileSettlementEnvironment } from '../lambdas/settlement/reconcile-settlement.schedule.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import { LogAlarm } from './house/log-alarm.ts';
import { HouseSchedule } from './house/schedule.ts';
import type { Stage } from './stage.ts';

export interface SettlementProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** A CloudFormation token. */
  readonly acquirerUrl: string;
}

/** The acquirer's daily settlement, from clearing to the bank, and the alarms for what does not fit or does not come. */
export class Settlement extends Construct {
  constructor(scope: Construct, id: string, props: SettlementProps) {
    super(scope, id);
    const target = this.reconcileSettlement(props);
    new HouseSchedule(this, 'ReconcileSettlementSchedule', {
      group: new CfnScheduleGroup(this, 'ScheduleGroup'),
      // The acquirer's day ends at midnight, UTC. The second run takes what was late, and goes on with what was not finished.
      cron: '30 1,13 * * ? *',
      timeZone: 'UTC',
      usefulFor: Duration.hours(6),
      target,
    });
    new LogAlarm(this, 'Unexplained', {
      target,
      metricName: 'SettlementUnexplained',
      message: settlementLogMessages.unexplained,
      meaning: "Something of the acquirer's settlement does not fit our book: see GET /v1/exceptions.",
      runbook: 'Settlement does not fit',
    });
    new LogAlarm(this, 'Overdue', {
      target,
      metricName: 'SettlementOverdue',
      message: settlementLogMessages.overdue,
      meaning: 'Captures or refunds were not settled in time: clearing does not come to zero.',
      runbook: 'Money does not clear in time',
    });
  }

  private reconcileSettlement({ stage, data, acquirerUrl }: SettlementProps): HouseFunction {
    const { settlementsTable, exceptionsTable, paymentsTable, disputesTable, ledgerTable } = data;
    return new HouseFunction(this, 'ReconcileSettlement', {
      stage,
      handler: 'settlement/reconcile-settlement.schedule',
      purpose: "books the acquirer's daily settlement",
      // A hundred thousand lines take some minutes; what is left is for the next run.
      timeoutSeconds: 600,
      environment: {
        SETTLEMENTS_TABLE_NAME: settlementsTable.tableName,
        EXCEPTIONS_TABLE_NAME: exceptionsTable.tableName,
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        DISPUTES_TABLE_NAME: disputesTable.tableName,
        LEDGER_TABLE_NAME: ledgerTable.tableName,
        ACQUIRER_URL: acquirerUrl,
        SETTLEMENT: Stack.of(this).toJsonString(stage.settlement),
      } satisfies VariablesOf<ReconcileSettlementEnvironment>,
    })
      .may(
        [
          'dynamodb:GetItem',
          'dynamodb:BatchGetItem',
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
        ],
        settlementsTable.tableArn,
      )
      .may(['dynamodb:PutItem', 'dynamodb:UpdateItem'], exceptionsTable.tableArn)
      .may(['dynamodb:BatchGetItem'], paymentsTable.tableArn, disputesTable.tableArn)
      .may(['dynamodb:GetItem', 'dynamodb:Query'], ledgerTable.tableArn);
  }

  /** The function's log says it once for each run that found something new; more than that no metric has to know. */
}
