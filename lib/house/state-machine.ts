import { existsSync, readFileSync } from 'node:fs';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { CfnStateMachine, DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import { HouseAlarm } from './alarm.ts';
import type { HouseFunction } from './function.ts';
import { projectPath } from './root.ts';
import { toPascalCase, toSentence } from './verb-noun.ts';

export interface HouseStateMachineProps {
  readonly stage: Stage;
  readonly type: StateMachineType;
  /** The functions that it calls, each by its substitution `${<VerbNoun>FunctionArn}`. */
  readonly functions: readonly HouseFunction[];
  /** What else stands in the definition as `${Name}`. */
  readonly substitutions?: Readonly<Record<string, string>>;
}

/**
 * The workflow of statemachines/<verb-noun>.asl.json, whose id is its verb-noun in Pascal case: its own role that may
 * call its functions, a log of errors without the data (which holds what a card pays for), tracing, and alarms.
 */
export class HouseStateMachine extends Construct {
  readonly stateMachine: StateMachine;
  readonly role: Role;

  constructor(scope: Construct, id: string, verbNoun: string, props: HouseStateMachineProps) {
    super(scope, id);
    if (toPascalCase(verbNoun) !== id)
      throw new Error(`The workflow ${verbNoun} is called ${toPascalCase(verbNoun)}, not ${id}.`);
    const substitutions = { ...functionArns(props.functions), ...props.substitutions };
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What the workflow ${verbNoun} may do.`,
    });
    const reason = 'Step Functions delivers logs and X-Ray segments for "*" alone; assertions.ts lists the actions.';
    acknowledge(this.role, 'AwsSolutions-IAM5[Resource::*]', reason);
    this.may(['lambda:InvokeFunction'], ...props.functions.map((each) => each.functionArn));
    this.stateMachine = new StateMachine(this, 'Resource', {
      definitionBody: DefinitionBody.fromString(readDefinition(verbNoun, Object.keys(substitutions))),
      definitionSubstitutions: substitutions,
      stateMachineType: props.type,
      role: this.role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          retention: props.stage.logRetentionDays,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    acknowledge(
      this.stateMachine,
      'AwsSolutions-SF1',
      'Every step logs in its function and in the timeline; a line per state doubles the cost.',
    );
    this.createAlarms(verbNoun);
  }

  get arn(): string {
    return this.stateMachine.stateMachineArn;
  }

  /** All runs of the workflow, by the one pattern that grants know: a run's ARN holds the workflow's name. */
  get everyRunArn(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** `everyRunArn` as cdk-nag writes it in a finding, with what is only known at deployment in angle brackets. */
  get everyRunFinding(): string {
    const { region, partition } = Stack.of(this);
    const resource = this.stateMachine.node.findChild('Resource');
    if (!(resource instanceof CfnStateMachine)) throw new Error(`${this.node.path} has no CfnStateMachine.`);
    return `arn:${partition}:states:${region}:<AWS::AccountId>:execution:<${Stack.of(this).getLogicalId(resource)}.Name>:*`;
  }

  /** Grants exactly these actions on exactly these resources. */
  may(actions: readonly string[], ...resources: readonly string[]): this {
    this.role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    return this;
  }

  private createAlarms(verbNoun: string): void {
    new HouseAlarm(this, 'FailedAlarm', {
      metric: this.stateMachine.metricFailed(),
      threshold: 1,
      meaning: `The workflow ${verbNoun} failed.`,
      runbook: `${toSentence(verbNoun)} fails`,
    });
    new HouseAlarm(this, 'TimedOutAlarm', {
      metric: this.stateMachine.metricTimedOut(),
      threshold: 1,
      meaning: `The workflow ${verbNoun} ran out of time.`,
      runbook: `${toSentence(verbNoun)} runs out of time`,
    });
  }
}

function functionArns(functions: readonly HouseFunction[]): Record<string, string> {
  return Object.fromEntries(functions.map((each) => [`${toPascalCase(each.verbNoun)}FunctionArn`, each.functionArn]));
}

/** The definition, compact; it must name exactly the substitutions that it gets, or a typing error would deploy. */
function readDefinition(verbNoun: string, substitutions: readonly string[]): string {
  const path = `statemachines/${verbNoun}.asl.json`;
  if (!existsSync(projectPath(path))) throw new Error(`${path} is missing: a workflow of lib/ has no definition.`);
  const definition = JSON.stringify(JSON.parse(readFileSync(projectPath(path), 'utf8')));
  const named = new Set(Array.from(definition.matchAll(/\$\{(\w+)\}/gu), (match) => match[1]));
  const missing = [...named].filter((name) => name !== undefined && !substitutions.includes(name));
  if (missing.length > 0) throw new Error(`${path} names \${${missing.join('}, ${')}}, which lib/ does not give it.`);
  const unused = substitutions.filter((name) => !named.has(name));
  if (unused.length > 0) throw new Error(`${path} does not use \${${unused.join('}, ${')}}, which lib/ grants it.`);
  return definition;
}
