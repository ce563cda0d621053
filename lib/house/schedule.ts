import type { Duration } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { HouseFunction } from './function.ts';

export interface HouseScheduleProps {
  /** The group; its ARN confines the schedule's role. */
  readonly group: CfnScheduleGroup;
  readonly every: Duration;
  /** A function with dead letters, for Scheduler calls it asynchronously. */
  readonly target: HouseFunction;
}

/**
 * Wakes a function at a rate, with a role that may do nothing else. It is written on the plain resource because CDK's
 * own target grants all versions of the function (`:*`).
 */
export class HouseSchedule extends Construct {
  constructor(scope: Construct, id: string, { group, every, target }: HouseScheduleProps) {
    super(scope, id);
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
      scheduleExpression: rate(every),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        // The next turn does what a missed one left: what is older than this is of no use.
        retryPolicy: { maximumEventAgeInSeconds: Math.max(60, every.toSeconds()), maximumRetryAttempts: 3 },
      },
    });
    schedule.node.addDependency(role);
  }
}

function rate(every: Duration): string {
  const minutes = every.toMinutes();
  return minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`;
}
