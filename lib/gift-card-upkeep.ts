import { Duration } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Environment as ExpireGiftCardsEnvironment } from '../lambdas/gift-cards/expire-gift-cards.schedule.ts';
import type { Environment as PublishGiftCardEventsEnvironment } from '../lambdas/gift-cards/publish-gift-card-events.stream.ts';
import type { Environment as SweepGiftCardEventsEnvironment } from '../lambdas/gift-cards/sweep-gift-card-events.schedule.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import { HouseSchedule } from './house/schedule.ts';
import { StreamMapping } from './house/stream-mapping.ts';
import type { Stage } from './stage.ts';

export interface GiftCardUpkeepProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** What keeps gift cards moving without a caller: the daily expiry, events from the stream, a sweep for missed ones. */
export class GiftCardUpkeep extends Construct {
  constructor(scope: Construct, id: string, props: GiftCardUpkeepProps) {
    super(scope, id);
    const group = new CfnScheduleGroup(this, 'ScheduleGroup');
    this.expireGiftCards(props, group);
    this.publishGiftCardEvents(props);
    this.sweepGiftCardEvents(props, group);
  }

  private expireGiftCards({ stage, data: { giftCardsTable } }: GiftCardUpkeepProps, group: CfnScheduleGroup): void {
    const target = new HouseFunction(this, 'ExpireGiftCards', {
      stage,
      handler: 'gift-cards/expire-gift-cards.schedule',
      purpose: 'lets what is left on expired gift cards lapse',
      timeoutSeconds: 600,
      environment: {
        GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName,
      } satisfies VariablesOf<ExpireGiftCardsEnvironment>,
    })
      .may(['dynamodb:Query'], giftCardsTable.indexArn('byExpireAt'))
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], giftCardsTable.tableArn);
    new HouseSchedule(this, 'ExpireGiftCardsSchedule', { group, every: Duration.days(1), target });
  }

  private publishGiftCardEvents({ stage, data }: GiftCardUpkeepProps): void {
    const target = new HouseFunction(this, 'PublishGiftCardEvents', {
      stage,
      handler: 'gift-cards/publish-gift-card-events.stream',
      purpose: 'publishes the event of each transition of a gift card',
      timeoutSeconds: 60,
      environment: {
        EVENT_BUS_NAME: data.eventBus.eventBusName,
      } satisfies VariablesOf<PublishGiftCardEventsEnvironment>,
    }).may(['events:PutEvents'], data.eventBus.eventBusArn);
    new StreamMapping(this, 'TransitionsMapping', {
      table: data.giftCardsTable,
      target,
      insertedSortKeyPrefix: 'transition#',
      onFailure: data.unpublishedGiftCardsQueue,
    });
  }

  private sweepGiftCardEvents({ stage, data }: GiftCardUpkeepProps, group: CfnScheduleGroup): void {
    const { giftCardsTable, eventBus, unpublishedGiftCardsQueue } = data;
    const target = new HouseFunction(this, 'SweepGiftCardEvents', {
      stage,
      handler: 'gift-cards/sweep-gift-card-events.schedule',
      purpose: 'publishes again what the stream of gift cards could not',
      timeoutSeconds: 240,
      environment: {
        GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName,
        EVENT_BUS_NAME: eventBus.eventBusName,
        UNPUBLISHED_QUEUE_URL: unpublishedGiftCardsQueue.queueUrl,
      } satisfies VariablesOf<SweepGiftCardEventsEnvironment>,
    })
      .may(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], unpublishedGiftCardsQueue.queueArn)
      .may(['dynamodb:GetShardIterator', 'dynamodb:GetRecords'], giftCardsTable.streamArn)
      .may(['dynamodb:Scan'], giftCardsTable.tableArn)
      .may(['events:PutEvents'], eventBus.eventBusArn);
    new HouseSchedule(this, 'SweepGiftCardEventsSchedule', { group, every: Duration.minutes(5), target });
  }
}
