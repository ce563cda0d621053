import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { HouseAlarm } from './alarm.ts';
import type { HouseFunction } from './function.ts';
import { toSentence } from './verb-noun.ts';

export interface StreamMappingProps {
  readonly table: Table;
  readonly target: HouseFunction;
  /** Only inserted items whose sort key begins so are handed over, or what these patterns match. */
  readonly insertedSortKeyPrefix?: string;
  readonly patterns?: readonly Record<string, unknown>[];
  /** Takes the positions of the records that were given up. */
  readonly onFailure: IQueue;
  /** How many items are handed over at most, and how long the first waits for others. Default: 100 at once. */
  readonly batches?: { readonly size: number; readonly window: Duration };
  /** Whether a batch comes again until it succeeds or is 20 hours old. Default: ten times at most. */
  readonly untilTooOld?: boolean;
  /** Whether the function has a mapping already, which watches for both whether it falls behind. */
  readonly isWatched?: boolean;
}

/**
 * Hands a table's new items to a function, from the oldest: in batches, halved when one fails, with partial answers.
 * After 10 attempts or 20 hours (the stream forgets after 24) the records' positions go to `onFailure`.
 */
export class StreamMapping extends Construct {
  constructor(scope: Construct, id: string, props: StreamMappingProps) {
    super(scope, id);
    const { table, target, onFailure, batches } = props;
    const { tableStreamArn } = table;
    if (tableStreamArn === undefined) throw new Error(`${table.node.id} has no stream.`);
    target
      .may(
        ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
        tableStreamArn,
      )
      .may(['sqs:SendMessage'], onFailure.queueArn);
    const mapping = new EventSourceMapping(this, 'Resource', {
      target: target.function,
      eventSourceArn: tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: batches?.size ?? 100,
      ...(batches && { maxBatchingWindow: batches.window }),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      ...(props.untilTooOld !== true && { retryAttempts: 10 }),
      maxRecordAge: Duration.hours(20),
      filters: patternsOf(props).map((pattern) => FilterCriteria.filter(pattern)),
      // CDK's own SqsDlq would also let the function read the queue's attributes.
      onFailure: { bind: () => ({ destination: onFailure.queueArn }) },
    });
    // A mapping is refused by Lambda while its function may not yet read the stream.
    mapping.node.addDependency(target.role);
    if (props.isWatched === true) return;
    new HouseAlarm(this, 'Alarm', {
      metric: target.function.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: Duration.minutes(10).toMilliseconds(),
      meaning: `${target.verbNoun} is more than 10 minutes behind its stream.`,
      runbook: `${toSentence(target.verbNoun)} falls behind`,
    });
  }
}

function patternsOf({ insertedSortKeyPrefix, patterns }: StreamMappingProps): readonly Record<string, unknown>[] {
  if (patterns) return patterns;
  if (insertedSortKeyPrefix === undefined) throw new Error('A mapping says which records it is for.');
  return [{ eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: insertedSortKeyPrefix }] } } } }];
}
