import type { Check } from './check.ts';
import { asList, ofType, referenceOf, valueAt } from './template.ts';
import type { TemplateResource } from './template.ts';

/** Actions that a role has to have on one resource. */
interface Need {
  readonly rule: string;
  readonly actions: readonly string[];
  readonly on: unknown;
}

/**
 * Every role has the rights that its function or workflow needs whatever it is for: to log, to trace, to give up. The
 * embedded cloud has neither log groups nor X-Ray, and on AWS the lack shows only in what nobody then finds.
 */
export const checkRoles: Check = (resources) => {
  const granted = grantsOf(resources);
  return resources.flatMap((resource) => {
    const { logicalId, properties } = resource;
    const role = referenceOf(properties['Role'] ?? properties['RoleArn']) ?? 'no role of this stack';
    return needsOf(resource).flatMap(({ rule, actions, on }) =>
      actions
        .filter((action) => !granted.has(grantKey(role, action, on)))
        .map((action) => ({ rule, description: `${role} may not ${action} on ${nameOf(on)}.`, logicalId })),
    );
  });
};

function needsOf({ type, properties }: TemplateResource): readonly Need[] {
  switch (type) {
    case 'AWS::Lambda::Function':
      return needsOfFunction(properties);
    case 'AWS::StepFunctions::StateMachine':
      return needsOfWorkflow(properties);
    default:
      return [];
  }
}

function needsOfFunction(properties: TemplateResource['properties']): readonly Need[] {
  const logGroup = valueAt(properties, 'LoggingConfig', 'LogGroup');
  const deadLetters = valueAt(properties, 'DeadLetterConfig', 'TargetArn');
  const isTraced = valueAt(properties, 'TracingConfig', 'Mode') === 'Active';
  return [
    ...(logGroup === undefined ? [] : [{ rule: 'function-may-log', actions: logActions, on: logGroup }]),
    ...(isTraced ? [{ rule: 'may-trace', actions: traceActions, on: '*' }] : []),
    ...(deadLetters === undefined ? [] : [{ rule: 'may-give-up', actions: ['sqs:SendMessage'], on: deadLetters }]),
  ];
}

function needsOfWorkflow(properties: TemplateResource['properties']): readonly Need[] {
  const isLogged = properties['LoggingConfiguration'] !== undefined;
  const isTraced = valueAt(properties, 'TracingConfiguration', 'Enabled') === true;
  return [
    ...(isLogged ? [{ rule: 'workflow-may-log', actions: deliveryActions, on: '*' }] : []),
    ...(isTraced ? [{ rule: 'may-trace', actions: [...traceActions, ...samplingActions], on: '*' }] : []),
  ];
}

/** The log group is there already, so that logs:CreateLogGroup is not needed (Lambda's guide, "monitoring-cloudwatchlogs"). */
const logActions = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html; Lambda's sampling is fixed, so it reads no rules. */
const traceActions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

/** Workflows sample by the account's rules: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html. */
const samplingActions = ['xray:GetSamplingRules', 'xray:GetSamplingTargets'];

/**
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html: a workflow's log is a delivery, which its role sets
 * up and looks after. CloudWatch writes the lines by the log group's own policy, which PutResourcePolicy makes.
 */
const deliveryActions = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/** Every grant without a condition of every role of the template; one with a condition may not hold when it is needed. */
function grantsOf(resources: readonly TemplateResource[]): ReadonlySet<string> {
  const ofPolicies = ofType(resources, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy').flatMap(({ properties }) =>
    asList(properties['Roles']).map((role) => ({ role: referenceOf(role), policy: properties })),
  );
  const inline = ofType(resources, 'AWS::IAM::Role').flatMap(({ logicalId, properties }) =>
    asList(properties['Policies']).map((policy) => ({ role: logicalId, policy })),
  );
  const keys = [...ofPolicies, ...inline].flatMap(({ role, policy }) =>
    asList(valueAt(policy, 'PolicyDocument', 'Statement'))
      .filter((each) => valueAt(each, 'Effect') === 'Allow' && valueAt(each, 'Condition') === undefined)
      .flatMap((each) =>
        asList(valueAt(each, 'Action')).flatMap((action) =>
          asList(valueAt(each, 'Resource')).map((on) => grantKey(role ?? '', String(action), on)),
        ),
      ),
  );
  return new Set(keys);
}

function grantKey(role: string, action: string, on: unknown): string {
  return `${role} ${action} ${nameOf(on)}`;
}

function nameOf(resource: unknown): string {
  return typeof resource === 'string' ? resource : (referenceOf(resource) ?? JSON.stringify(resource));
}
