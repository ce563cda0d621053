import type { Duration } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { HouseFunction } from './function.ts';

export type HouseScheduleProps = {
  /** The group; its ARN confines the schedule's role. */
  readonly group: CfnScheduleGroup;
  /** A function with dead letters, for Scheduler calls it asynchronously. */
  readonly target: HouseFunction;
} & (
  | { readonly every: Duration }
  | {
      /** Six fields of EventBridge Scheduler's cron: `30 16 ? * MON-FRI *`. */
      readonly cron: string;
      /** The zone whose clock the fields mean, daylight saving included: `Europe/Berlin`. */
      readonly timeZone: string;
      /** For how long a run that could not be delivered is worth another try. */
      readonly usefulFor: Duration;
    }
);

/**
 * Wakes a function at a rate or at times of a calendar, with a role that may do nothing else. It is written on the plain resource because CDK's
 * own target grants all versions of the function (`:*`).
 */
export class HouseSchedule extends Construct {
  constructor(scope: Construct, id: string, props: HouseScheduleProps) {
    super(scope, id);
    const { group, target } = props;
    const { deadLetters } = target;
    if (!deadLetters) throw new Error(`${target.verbNoun} is not a schedule's handler: it has no dead-letter queue.`);
    const role = new Role(this, 'Role', {
      description: `Lets the scheduler call ${target.verbNoun}.`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
    const schedule = new CfnSchedule(this, 'Resource', {
      description: `Wakes ${target.verbNoun}.`,
      groupName: group.ref,
      ...('every' in props
        ? { scheduleExpression: rate(props.every) }
        : { scheduleExpression: `cron(${props.cron})`, scheduleExpressionTimezone: props.timeZone }),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        // What is older is of no use: at a rate, the next turn does what a missed one left.
        retryPolicy: {
          maximumEventAgeInSeconds: Math.max(60, ('every' in props ? props.every : props.usefulFor).toSeconds()),
          maximumRetryAttempts: 3,
        },
      },
    });
    schedule.node.addDependency(role);
  }
}

function rate(every: Duration): string {
  const minutes = every.toMinutes();
  return minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`;
}
