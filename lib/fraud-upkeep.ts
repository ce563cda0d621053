import { Duration } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { monitoringLogMessages } from '../core/fraud/monitoring/log-messages.ts';
import type { Environment as MonitorModelEnvironment } from '../lambdas/fraud/monitor-model.schedule.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import { LogAlarm } from './house/log-alarm.ts';
import { HouseSchedule } from './house/schedule.ts';
import type { Stage } from './stage.ts';

/** What measures the fraud model, day by day, and wakes somebody when it needs a look. */
export class FraudUpkeep extends Construct {
  constructor(scope: Construct, id: string, { stage, data }: { readonly stage: Stage; readonly data: DataStack }) {
    super(scope, id);
    const { paymentsTable, fraudTable } = data;
    const target = new HouseFunction(this, 'MonitorModel', {
      stage,
      handler: 'fraud/monitor-model.schedule',
      purpose: 'measures how the fraud model did',
      // The keys of all payments of eight days are read, a hundred at a time.
      timeoutSeconds: 600,
      environment: {
        FRAUD_TABLE_NAME: fraudTable.tableName,
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
      } satisfies VariablesOf<MonitorModelEnvironment>,
    })
      .may(['dynamodb:Query'], paymentsTable.indexArn('byCreatedAt'))
      .may(['dynamodb:BatchGetItem'], paymentsTable.tableArn)
      .may(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], fraudTable.tableArn);
    new HouseSchedule(this, 'MonitorModelSchedule', {
      group: new CfnScheduleGroup(this, 'ScheduleGroup'),
      cron: '0 1 * * ? *',
      timeZone: 'UTC',
      usefulFor: Duration.hours(12),
      target,
    });
    new LogAlarm(this, 'Findings', {
      target,
      message: monitoringLogMessages.findings,
      metricName: 'FraudModelFindings',
      meaning: 'The fraud model needs a look: see GET /v1/fraud-reports.',
      runbook: 'Fraud model needs a look',
    });
  }
}
