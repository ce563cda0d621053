import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import { HouseAlarm } from './alarm.ts';
import { bundleOf, parseHandler } from './bundle.ts';
import type { HandlerPath, Trigger } from './bundle.ts';
import type { Environment } from './environment.ts';
import { DeadLetterQueue } from './queue.ts';
import { toPascalCase, toSentence } from './verb-noun.ts';

export interface HouseFunctionProps {
  readonly stage: Stage;
  readonly handler: HandlerPath;
  /** What it does, in a sentence without a full stop. */
  readonly purpose: string;
  /** How long one call may take. Whoever waits for it waits longer (design.md, decision 6). */
  readonly timeoutSeconds: number;
  /** Memory, and with it the share of a processor. Default: 512. */
  readonly memoryMegabytes?: number;
  readonly environment?: Environment;
}

/**
 * A function as the house builds it: Node 24 on arm64, a role of its own that may only write its log and what `may`
 * adds, a log group of its own with retention, JSON logs, tracing, alarms on errors and throttles, and, where it is
 * invoked asynchronously, a dead-letter queue. Its id is its verb-noun in Pascal case.
 */
export class HouseFunction extends Construct {
  readonly function: Function;
  readonly role: Role;
  /** The verb-noun, such as `authorize-card`. */
  readonly verbNoun: string;
  /** Where calls end that failed for good; there is one when nobody waits for the answer. */
  readonly deadLetters: DeadLetterQueue | undefined;

  constructor(scope: Construct, id: string, props: HouseFunctionProps) {
    super(scope, id);
    const { verbNoun, trigger } = parseHandler(props.handler);
    if (toPascalCase(verbNoun) !== id)
      throw new Error(`The function of ${props.handler} is called ${toPascalCase(verbNoun)}, not ${id}.`);
    this.verbNoun = verbNoun;
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${verbNoun} may do.`,
    });
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'X-Ray takes segments for "*" alone; assertions.ts lists the actions.',
    );
    this.deadLetters = invokedAsynchronously[trigger] ? this.createDeadLetters() : undefined;
    this.function = this.createFunction(props);
    if (!this.deadLetters) {
      const reason =
        'Its caller waits for it, or keeps what failed (a stream): Lambda uses the queue for asynchronous calls alone.';
      acknowledge(this.function, 'Serverless-LambdaDLQ', reason);
    }
    this.createAlarms();
  }

  get functionArn(): string {
    return this.function.functionArn;
  }

  /** Grants exactly these actions on exactly these resources. */
  may(actions: readonly string[], ...resources: readonly string[]): this {
    this.role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] }),
    );
    return this;
  }

  private createFunction(props: HouseFunctionProps): Function {
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.stage.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.may(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    return new Function(this, 'Resource', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: bundleOf(this, props.handler),
      description: `${this.verbNoun}: ${props.purpose}`,
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMegabytes ?? 512,
      environment: { ...props.environment },
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.ACTIVE,
      ...(this.deadLetters && { deadLetterQueue: this.deadLetters }),
    });
  }

  private createDeadLetters(): DeadLetterQueue {
    return new DeadLetterQueue(this, 'DeadLetters', {
      holds: `calls of ${this.verbNoun}`,
      runbook: `${toSentence(this.verbNoun)} gives up`,
    });
  }

  private createAlarms(): void {
    const period = Duration.minutes(5);
    new HouseAlarm(this, 'ErrorsAlarm', {
      metric: this.function.metricErrors({ period }),
      threshold: 1,
      meaning: `${this.verbNoun} failed.`,
      runbook: `${toSentence(this.verbNoun)} fails`,
    });
    new HouseAlarm(this, 'ThrottlesAlarm', {
      metric: this.function.metricThrottles({ period }),
      threshold: 1,
      meaning: `${this.verbNoun} was throttled.`,
      runbook: 'A function is throttled',
    });
  }
}

/** Whether Lambda puts the call into its own queue, so that a failure has nobody to go back to. */
const invokedAsynchronously: Readonly<Record<Trigger, boolean>> = {
  api: false,
  task: false,
  stream: false,
  event: true,
  schedule: true,
  queue: false,
  socket: false,
};
