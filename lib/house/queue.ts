import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { HouseAlarm } from './alarm.ts';

export interface DeadLetterQueueProps {
  /** What lies in it, in the plural, for the alarm's text: `tasks of count-declines`. */
  readonly holds: string;
  /** The heading of docs/runbook.md that says what to do. */
  readonly runbook: string;
}

/** The end of the line: what was tried often enough waits here for a person, 14 days, and wakes one at once. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id, everyQueue);
    const reason =
      'It is a dead-letter queue itself: the end of the line, watched by an alarm and emptied by a person.';
    acknowledge(this, 'Serverless-SQSRedrivePolicy', reason);
    acknowledge(this, 'AwsSolutions-SQS3', reason);
    new HouseAlarm(this, 'Alarm', {
      metric: this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: 1,
      meaning: `There are ${props.holds} that were given up.`,
      runbook: props.runbook,
    });
  }
}

export interface HouseQueueProps {
  /** What waits in it, in the plural, for the alarms' texts. */
  readonly holds: string;
  /** How often a message may be received before it is given up. */
  readonly receivesAtMost: number;
  /** How long a message may wait before somebody should know. */
  readonly oldestMinutes: number;
  /** How long a receiver has for a message before another may see it. */
  readonly visibilitySeconds: number;
  /** The heading of docs/runbook.md for messages that wait too long, and for those given up. */
  readonly runbook: string;
  readonly deadLetterRunbook: string;
}

/**
 * A queue that is encrypted, takes TLS alone, gives up into a dead-letter queue, and says when its messages wait too long.
 * Both outlive their stack: what was left undone is told nowhere else.
 */
export class HouseQueue extends Queue {
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: HouseQueueProps) {
    const deadLetters = new DeadLetterQueue(scope, `${id}DeadLetters`, {
      holds: props.holds,
      runbook: props.deadLetterRunbook,
    });
    super(scope, id, {
      ...everyQueue,
      visibilityTimeout: Duration.seconds(props.visibilitySeconds),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: props.receivesAtMost },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    deadLetters.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.deadLetters = deadLetters;
    new HouseAlarm(this, 'Alarm', {
      metric: this.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: props.oldestMinutes * 60,
      meaning: `There are ${props.holds} that have waited for more than ${props.oldestMinutes} minutes.`,
      runbook: props.runbook,
    });
  }
}

const everyQueue = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) };
