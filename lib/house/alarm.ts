import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import { toAnchor } from './verb-noun.ts';

export interface HouseAlarmProps {
  readonly metric: IMetric;
  /** The value that is already too much. */
  readonly threshold: number;
  /** How many of the metric's periods in a row it takes. Default: 1. */
  readonly periods?: number;
  /** What has happened, in a sentence, for whoever is woken by it. */
  readonly meaning: string;
  /** The heading of docs/runbook.md that says what to do. */
  readonly runbook: string;
}

/** An alarm whose description says what has happened and names its heading in the runbook. Silence is health. */
export class HouseAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: HouseAlarmProps) {
    super(scope, id, {
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${props.meaning} Runbook: docs/runbook.md#${toAnchor(props.runbook)}`,
    });
  }
}

/** Sends every alarm of the stack to the stage's address. Without one, in a stage for trying out, alarms are only shown. */
export function sendAlarms(stack: Stack, stage: Stage): void {
  if (stage.alarmEmail === undefined) return;
  const topic = new Topic(stack, 'AlarmTopic', { enforceSSL: true });
  // A topic with a policy of its own forgets the default one, under which the account's alarms could publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  const subscription = topic.addSubscription(new EmailSubscription(stage.alarmEmail));
  const reason = 'A mail that cannot be delivered tells nothing new: the alarm still stands in CloudWatch.';
  acknowledge(subscription, 'Serverless-SNSRedrivePolicy', reason);
  const action = new SnsAction(topic);
  for (const construct of stack.node.findAll()) {
    if (construct instanceof Alarm && Stack.of(construct) === stack) construct.addAlarmAction(action);
  }
}
