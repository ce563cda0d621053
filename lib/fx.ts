import { Duration, Stack } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Environment as CreateQuoteEnvironment } from '../lambdas/fx/create-quote.api.ts';
import type { Environment as RefreshRatesEnvironment } from '../lambdas/fx/refresh-rates.schedule.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import { HouseSchedule } from './house/schedule.ts';
import type { Stage } from './stage.ts';

export interface FxProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** Where the reference rates of the day are; a CloudFormation token. */
  readonly ratesUrl: string;
}

/** Reference rates, fetched on working days, and the quotes that are made of them. */
export class Fx extends Construct {
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, props: FxProps) {
    super(scope, id);
    this.refreshRates(props);
    this.functions = [this.createCreateQuote(props)];
  }

  private refreshRates(props: FxProps): void {
    const { stage, data } = props;
    const target = new HouseFunction(this, 'RefreshRates', {
      stage,
      handler: 'fx/refresh-rates.schedule',
      purpose: 'keeps the reference rates of the day',
      timeoutSeconds: 15,
      environment: this.environment(props) satisfies VariablesOf<RefreshRatesEnvironment>,
    }).may(['dynamodb:PutItem'], data.fxTable.tableArn);
    new HouseSchedule(this, 'RefreshRatesSchedule', {
      group: new CfnScheduleGroup(this, 'ScheduleGroup'),
      // The ECB publishes on working days at about 16:00 in Frankfurt; on its holidays the file stays as it is.
      cron: '30 16 ? * MON-FRI *',
      timeZone: 'Europe/Berlin',
      usefulFor: Duration.hours(12),
      target,
    });
  }

  private createCreateQuote(props: FxProps): HouseFunction {
    const { stage, data } = props;
    return new HouseFunction(this, 'CreateQuote', {
      stage,
      handler: 'fx/create-quote.api',
      purpose: 'promises an exchange rate for an amount and a time',
      timeoutSeconds: 15,
      environment: this.environment(props) satisfies VariablesOf<CreateQuoteEnvironment>,
      // Query finds the newest rates; PutItem keeps the quote, and rates where the schedule has not brought any yet.
    }).may(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], data.fxTable.tableArn);
  }

  private environment({ stage, data, ratesUrl }: FxProps) {
    return {
      FX_TABLE_NAME: data.fxTable.tableName,
      RATES_URL: ratesUrl,
      FX: Stack.of(this).toJsonString(stage.fx),
    };
  }
}
