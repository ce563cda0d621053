import { Duration } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Environment as LookAfterPaymentsEnvironment } from '../lambdas/payments/look-after-payments.queue.ts';
import type { Environment as NoteExpiriesEnvironment } from '../lambdas/payments/note-expiries.schedule.ts';
import type { Environment as PublishEventsEnvironment } from '../lambdas/payments/publish-events.stream.ts';
import type { Environment as StartResolutionsEnvironment } from '../lambdas/payments/start-resolutions.schedule.ts';
import type { Environment as SweepEventsEnvironment } from '../lambdas/payments/sweep-events.schedule.ts';
import type { Environment as WatchPaymentsEnvironment } from '../lambdas/payments/watch-payments.stream.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import { QueueMapping } from './house/queue-mapping.ts';
import { HouseSchedule } from './house/schedule.ts';
import type { HouseStateMachine } from './house/state-machine.ts';
import { StreamMapping } from './house/stream-mapping.ts';
import type { Stage } from './stage.ts';

export interface PaymentUpkeepProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly resolvePayment: HouseStateMachine;
}

/** What keeps payments moving without a caller: events from the stream, a sweep for those that were missed, resolutions. */
export class PaymentUpkeep extends Construct {
  constructor(scope: Construct, id: string, props: PaymentUpkeepProps) {
    super(scope, id);
    const group = new CfnScheduleGroup(this, 'ScheduleGroup');
    this.publishEvents(props);
    this.sweepEvents(props, group);
    this.startResolutions(props, group);
    this.watchPayments(props);
    this.lookAfterPayments(props);
    this.noteExpiries(props, group);
  }

  private watchPayments({ stage, data: { paymentsTable, begunPaymentsQueue } }: PaymentUpkeepProps): void {
    const target = new HouseFunction(this, 'WatchPayments', {
      stage,
      handler: 'payments/watch-payments.stream',
      purpose: 'notes payments that were begun, to be seen again a minute later',
      timeoutSeconds: 30,
      environment: {
        BEGUN_PAYMENTS_QUEUE_URL: begunPaymentsQueue.queueUrl,
      } satisfies VariablesOf<WatchPaymentsEnvironment>,
    });
    // The queue takes both: what the function sends, and where in the stream is what it could not send.
    new StreamMapping(this, 'BegunMapping', {
      table: paymentsTable,
      target,
      patterns: [
        { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: ['payment'] } } } },
        { eventName: ['MODIFY'], dynamodb: { NewImage: { begun: { BOOL: [true] } } } },
      ],
      onFailure: begunPaymentsQueue,
      // One message tells of a hundred payments, so that watching costs a payment next to nothing.
      batches: { size: 100, window: Duration.seconds(20) },
    });
  }

  private lookAfterPayments({ stage, data: { paymentsTable, begunPaymentsQueue } }: PaymentUpkeepProps): void {
    const target = new HouseFunction(this, 'LookAfterPayments', {
      stage,
      handler: 'payments/look-after-payments.queue',
      purpose: 'gives payments that were left behind a date to be looked into',
      timeoutSeconds: 60,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
      } satisfies VariablesOf<LookAfterPaymentsEnvironment>,
    })
      .may(['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], paymentsTable.tableArn)
      .may(['dynamodb:GetShardIterator', 'dynamodb:GetRecords'], paymentsTable.streamArn);
    new QueueMapping(this, 'LookAfterMapping', {
      queue: begunPaymentsQueue,
      target,
      batches: { size: 10, window: Duration.seconds(5) },
    });
  }

  private noteExpiries({ stage, data: { paymentsTable } }: PaymentUpkeepProps, group: CfnScheduleGroup): void {
    const target = new HouseFunction(this, 'NoteExpiries', {
      stage,
      handler: 'payments/note-expiries.schedule',
      purpose: 'gives authorizations that will run out the date of their release',
      timeoutSeconds: 300,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
      } satisfies VariablesOf<NoteExpiriesEnvironment>,
    })
      .may(['dynamodb:Query'], paymentsTable.indexArn('byCreatedAt'))
      .may(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], paymentsTable.tableArn);
    new HouseSchedule(this, 'NoteExpiriesSchedule', { group, every: Duration.hours(1), target });
  }

  private publishEvents({ stage, data }: PaymentUpkeepProps): void {
    const target = new HouseFunction(this, 'PublishEvents', {
      stage,
      handler: 'payments/publish-events.stream',
      purpose: 'publishes the event of each transition',
      timeoutSeconds: 60,
      environment: { EVENT_BUS_NAME: data.eventBus.eventBusName } satisfies VariablesOf<PublishEventsEnvironment>,
    }).may(['events:PutEvents'], data.eventBus.eventBusArn);
    new StreamMapping(this, 'TransitionsMapping', {
      table: data.paymentsTable,
      target,
      insertedSortKeyPrefix: 'transition#',
      onFailure: data.unpublishedQueue,
    });
  }

  private sweepEvents({ stage, data }: PaymentUpkeepProps, group: CfnScheduleGroup): void {
    const { paymentsTable, eventBus, unpublishedQueue } = data;
    const target = new HouseFunction(this, 'SweepEvents', {
      stage,
      handler: 'payments/sweep-events.schedule',
      purpose: 'publishes again what the stream could not',
      timeoutSeconds: 240,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        EVENT_BUS_NAME: eventBus.eventBusName,
        UNPUBLISHED_QUEUE_URL: unpublishedQueue.queueUrl,
      } satisfies VariablesOf<SweepEventsEnvironment>,
    })
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], unpublishedQueue.queueArn)
      .may(['dynamodb:GetShardIterator', 'dynamodb:GetRecords'], paymentsTable.streamArn)
      .may(['dynamodb:Scan'], paymentsTable.tableArn)
      .may(['events:PutEvents'], eventBus.eventBusArn);
    new HouseSchedule(this, 'SweepEventsSchedule', { group, every: Duration.minutes(5), target });
  }

  private startResolutions(
    { stage, data: { paymentsTable }, resolvePayment }: PaymentUpkeepProps,
    group: CfnScheduleGroup,
  ): void {
    const target = new HouseFunction(this, 'StartResolutions', {
      stage,
      handler: 'payments/start-resolutions.schedule',
      purpose: 'starts a resolution for each payment that is due',
      timeoutSeconds: 55,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        RESOLVE_PAYMENT_STATE_MACHINE_ARN: resolvePayment.arn,
      } satisfies VariablesOf<StartResolutionsEnvironment>,
    })
      .may(['dynamodb:Query'], paymentsTable.indexArn('byResolveAt'))
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], paymentsTable.tableArn)
      .may(['states:StartExecution'], resolvePayment.arn);
    new HouseSchedule(this, 'StartResolutionsSchedule', { group, every: Duration.minutes(1), target });
  }
}
