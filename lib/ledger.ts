import { Duration } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Environment as CloseDayEnvironment } from '../lambdas/ledger/close-day.schedule.ts';
import type { Environment as GetTrialBalanceEnvironment } from '../lambdas/ledger/get-trial-balance.api.ts';
import type { Environment as JournalEntriesEnvironment } from '../lambdas/ledger/journal-entries.stream.ts';
import type { Environment as ListAccountEntriesEnvironment } from '../lambdas/ledger/list-account-entries.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import { HouseSchedule } from './house/schedule.ts';
import { StreamMapping } from './house/stream-mapping.ts';
import type { Stage } from './stage.ts';

export interface LedgerProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** The books: a journal made of all transitions, closed day by day, and what operators ask of it. */
export class Ledger extends Construct {
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, props: LedgerProps) {
    super(scope, id);
    this.journalEntries(props);
    this.closeDay(props);
    this.functions = [this.createGetTrialBalance(props), this.createListAccountEntries(props)];
  }

  private journalEntries({ stage, data }: LedgerProps): void {
    const { ledgerTable, unjournaledDeadLetters } = data;
    const target = new HouseFunction(this, 'JournalEntries', {
      stage,
      handler: 'ledger/journal-entries.stream',
      purpose: 'books each transition into the journal',
      timeoutSeconds: 60,
      environment: {
        LEDGER_TABLE_NAME: ledgerTable.tableName,
        UNJOURNALED_QUEUE_URL: unjournaledDeadLetters.queueUrl,
      } satisfies VariablesOf<JournalEntriesEnvironment>,
    })
      .may(
        ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        ledgerTable.tableArn,
      )
      .may(['sqs:SendMessage'], unjournaledDeadLetters.queueArn);
    // Every table whose transitions carry postings.
    const sources = [
      { id: 'PaymentsMapping', table: data.paymentsTable },
      { id: 'GiftCardsMapping', table: data.giftCardsTable },
      { id: 'SettlementsMapping', table: data.settlementsTable },
    ];
    sources.forEach(({ id, table }, index) => {
      new StreamMapping(this, id, {
        table,
        target,
        insertedSortKeyPrefix: 'transition#',
        onFailure: unjournaledDeadLetters,
        // A segment costs less for each entry the more it holds, and the books may be a minute behind.
        batches: { size: 200, window: Duration.seconds(60) },
        untilTooOld: true,
        isWatched: index > 0,
      });
    });
  }

  private closeDay({ stage, data: { ledgerTable, ledgerKey } }: LedgerProps): void {
    const target = new HouseFunction(this, 'CloseDay', {
      stage,
      handler: 'ledger/close-day.schedule',
      purpose: 'closes a day of the journal and signs it',
      timeoutSeconds: 60,
      environment: {
        LEDGER_TABLE_NAME: ledgerTable.tableName,
        LEDGER_KEY_ARN: ledgerKey.key.keyArn,
      } satisfies VariablesOf<CloseDayEnvironment>,
    })
      .may(['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], ledgerTable.tableArn)
      .may(['kms:Sign', 'kms:GetPublicKey'], ledgerKey.key.keyArn);
    new HouseSchedule(this, 'CloseDaySchedule', {
      group: new CfnScheduleGroup(this, 'ScheduleGroup'),
      // The handler leaves a day open for the same quarter of an hour.
      cron: '15 0 * * ? *',
      timeZone: 'UTC',
      usefulFor: Duration.hours(12),
      target,
    });
  }

  private createGetTrialBalance({ stage, data: { ledgerTable } }: LedgerProps): HouseFunction {
    return new HouseFunction(this, 'GetTrialBalance', {
      stage,
      handler: 'ledger/get-trial-balance.api',
      purpose: 'answers what every account came to',
      timeoutSeconds: 25,
      environment: { LEDGER_TABLE_NAME: ledgerTable.tableName } satisfies VariablesOf<GetTrialBalanceEnvironment>,
    }).may(['dynamodb:GetItem', 'dynamodb:Query'], ledgerTable.tableArn);
  }

  private createListAccountEntries({ stage, data: { ledgerTable } }: LedgerProps): HouseFunction {
    return new HouseFunction(this, 'ListAccountEntries', {
      stage,
      handler: 'ledger/list-account-entries.api',
      purpose: 'answers the postings of an account',
      timeoutSeconds: 25,
      environment: { LEDGER_TABLE_NAME: ledgerTable.tableName } satisfies VariablesOf<ListAccountEntriesEnvironment>,
    }).may(['dynamodb:Query'], ledgerTable.tableArn);
  }
}
