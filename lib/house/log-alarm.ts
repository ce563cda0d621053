import { Duration, Stack } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { HouseAlarm } from './alarm.ts';
import type { HouseFunction } from './function.ts';

export interface LogAlarmProps {
  readonly target: HouseFunction;
  /** What the function logs, word for word (a core's log-messages.ts). */
  readonly message: string;
  /** Of the stack's namespace. */
  readonly metricName: string;
  /** What has happened, in a sentence, for whoever is woken by it. */
  readonly meaning: string;
  /** The heading of docs/runbook.md that says what to do. */
  readonly runbook: string;
}

/** Wakes somebody when a function logs a message: what is found wrong without anything failing. */
export class LogAlarm extends Construct {
  constructor(scope: Construct, id: string, { target, message, metricName, ...said }: LogAlarmProps) {
    super(scope, id);
    const filter = new MetricFilter(this, 'Filter', {
      logGroup: target.function.logGroup,
      // Lambda's JSON format puts what was logged under `message`.
      filterPattern: FilterPattern.stringValue('$.message.message', '=', message),
      metricNamespace: Stack.of(this).stackName,
      metricName,
    });
    new HouseAlarm(this, 'Alarm', {
      metric: filter.metric({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      ...said,
    });
  }
}
