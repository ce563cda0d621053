import { describe, expect, test } from '@jest/globals';
import { checkRoles } from '../../../lib/house/role-assertions.ts';
import type { TemplateResource } from '../../../lib/house/template.ts';
import { broken, given } from './planted-resources.ts';

type Grant = readonly [action: string, on: unknown];

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

function document(grants: readonly Grant[]) {
  return { Statement: grants.map(([action, on]) => ({ Effect: 'Allow', Action: action, Resource: on })) };
}

function policy(...grants: readonly Grant[]): TemplateResource {
  return given('P', 'AWS::IAM::Policy', { Roles: [{ Ref: 'R' }], PolicyDocument: document(grants) });
}

/** What the check says of the resources, each grant that is missing in a line. */
function missing(...resources: readonly TemplateResource[]): readonly string[] {
  return checkRoles(resources).map(({ rule, logicalId, description }) => `${rule} ${logicalId}: ${description}`);
}

const handler = given('F', 'AWS::Lambda::Function', {
  Role: arnOf('R'),
  LoggingConfig: { LogGroup: { Ref: 'Logs' } },
  TracingConfig: { Mode: 'Active' },
  DeadLetterConfig: { TargetArn: arnOf('Q') },
});
const handlerGrants: readonly Grant[] = [
  ['logs:CreateLogStream', arnOf('Logs')],
  ['logs:PutLogEvents', arnOf('Logs')],
  ['xray:PutTraceSegments', '*'],
  ['xray:PutTelemetryRecords', '*'],
  ['sqs:SendMessage', arnOf('Q')],
];

const workflow = given('W', 'AWS::StepFunctions::StateMachine', {
  RoleArn: arnOf('R'),
  LoggingConfiguration: { Level: 'ERROR' },
  TracingConfiguration: { Enabled: true },
});
const workflowGrants = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
].map((action): Grant => [action, '*']);

/** The rule that speaks of a grant. */
function ruleOf(subject: TemplateResource, action: string): string {
  if (action.startsWith('xray:')) return 'may-trace';
  if (action.startsWith('sqs:')) return 'may-give-up';
  return subject === workflow ? 'workflow-may-log' : 'function-may-log';
}

describe.each([
  { what: 'a function', subject: handler, grants: handlerGrants },
  { what: 'a workflow', subject: workflow, grants: workflowGrants },
])('the role of $what', ({ subject, grants }) => {
  test('may do what logging, tracing and giving up need', () => {
    expect(missing(subject, policy(...grants))).toEqual([]);
  });

  test.each(grants)('is found when it may not %s', (action, on) => {
    const rest = grants.filter(([each]) => each !== action);
    const resource = on === '*' ? '*' : action === 'sqs:SendMessage' ? 'Q' : 'Logs';
    expect(missing(subject, policy(...rest))).toEqual([
      `${ruleOf(subject, action)} ${subject.logicalId}: R may not ${action} on ${resource}.`,
    ]);
  });
});

describe('a right', () => {
  const logs = given('F', 'AWS::Lambda::Function', { Role: arnOf('R'), LoggingConfig: { LogGroup: { Ref: 'Logs' } } });
  const own: readonly Grant[] = [
    ['logs:CreateLogStream', arnOf('Logs')],
    ['logs:PutLogEvents', arnOf('Logs')],
  ];

  test('counts when it stands in the role itself', () => {
    expect(missing(logs, given('R', 'AWS::IAM::Role', { Policies: [{ PolicyDocument: document(own) }] }))).toEqual([]);
  });

  test('does not count for another role, on another resource, under a condition, or as a denial', () => {
    const none = ['F: R may not logs:CreateLogStream on Logs.', 'F: R may not logs:PutLogEvents on Logs.'].map(
      (line) => `function-may-log ${line}`,
    );
    const others = given('P', 'AWS::IAM::Policy', { Roles: [{ Ref: 'Other' }], PolicyDocument: document(own) });
    expect(missing(logs, others)).toEqual(none);
    expect(missing(logs, policy(...own.map(([action]): Grant => [action, arnOf('OtherLogs')])))).toEqual(none);
    for (const restriction of [{ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, { Effect: 'Deny' }]) {
      const statements = document(own).Statement.map((statement) => ({ ...statement, ...restriction }));
      const restricted = { Roles: [{ Ref: 'R' }], PolicyDocument: { Statement: statements } };
      expect(missing(logs, given('P', 'AWS::IAM::Policy', restricted))).toEqual(none);
    }
  });

  test('is not asked for by what neither logs, traces nor gives up', () => {
    expect(missing(given('F', 'AWS::Lambda::Function', { TracingConfig: { Mode: 'PassThrough' } }))).toEqual([]);
    expect(missing(given('W', 'AWS::StepFunctions::StateMachine', {}))).toEqual([]);
  });

  test('that is missing is a finding of the synthesis', () => {
    expect(broken(workflow)).toContain('workflow-may-log W');
  });
});
