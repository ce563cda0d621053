import { readFileSync } from 'node:fs';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { Check, Finding } from './check.ts';
import { checkRoles } from './role-assertions.ts';
import { projectPath } from './root.ts';
import { asList, ofType, readTemplate, referenceOf, valueAt } from './template.ts';
import type { TemplateResource } from './template.ts';
import { toAnchor } from './verb-noun.ts';

/**
 * The house's own rules, where cdk-nag and CDK's validation are blind. They read the synthesized templates, so that
 * nothing escapes them by the construct it was made with.
 */
export class HouseAssertions implements IPolicyValidationPlugin {
  readonly name = 'Quittance';

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = context.stackTemplates.flatMap(({ templatePath }) =>
      checkTemplate(readTemplate(templatePath)).map(({ rule, description, logicalId }) => ({
        ruleName: rule,
        description,
        severity: 'error',
        violatingResources: [{ resourceLogicalId: logicalId, templatePath, locations: ['Properties'] }],
      })),
    );
    return { success: violations.length === 0, violations };
  }
}

/** All findings in the resources of one template. */
export function checkTemplate(resources: readonly TemplateResource[]): readonly Finding[] {
  const checks = [
    checkTables,
    checkPolicies,
    checkRoles,
    checkRoutes,
    checkFunctions,
    checkAlarms,
    checkAsynchronousTargets,
  ];
  return checks.flatMap((check) => check(resources));
}

/** The tables whose items must not be kept; all others are kept and can be recovered. */
const forgettingTable = /^(?:Cvc|GiftCardSecrets)Table[0-9A-F]{8}$/u;

const checkTables: Check = (resources) =>
  ofType(resources, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
    .filter(({ logicalId }) => !forgettingTable.test(logicalId))
    .flatMap(({ logicalId, type, properties, deletionPolicy }) => {
      const replicas = type === 'AWS::DynamoDB::GlobalTable' ? asList(valueAt(properties, 'Replicas')) : [properties];
      const isKept =
        deletionPolicy === 'Retain' &&
        replicas.length > 0 &&
        replicas.every((each) => valueAt(each, 'DeletionProtectionEnabled') === true);
      const isRecoverable = replicas.every(
        (each) => valueAt(each, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
      );
      return [
        ...(isKept
          ? []
          : [{ rule: 'table-kept', description: 'A table has deletion protection and is retained.', logicalId }]),
        ...(isRecoverable
          ? []
          : [{ rule: 'table-recoverable', description: 'A table has point-in-time recovery.', logicalId }]),
      ];
    });

/** The actions that AWS takes for the resource `*` alone, and why somebody here needs them. */
const starActions: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'Tracing: X-Ray has no resources.',
  'xray:PutTelemetryRecords': 'Tracing: X-Ray has no resources.',
  'xray:GetSamplingRules': 'Tracing of workflows: X-Ray has no resources.',
  'xray:GetSamplingTargets': 'Tracing of workflows: X-Ray has no resources.',
  'logs:CreateLogDelivery': 'Logs of workflows: log deliveries have no resources.',
  'logs:GetLogDelivery': 'Logs of workflows: log deliveries have no resources.',
  'logs:UpdateLogDelivery': 'Logs of workflows: log deliveries have no resources.',
  'logs:DeleteLogDelivery': 'Logs of workflows: log deliveries have no resources.',
  'logs:ListLogDeliveries': 'Logs of workflows: log deliveries have no resources.',
  'logs:PutResourcePolicy': 'Logs of workflows: Step Functions lets itself write to the log group.',
  'logs:DescribeResourcePolicies': 'Logs of workflows: Step Functions lets itself write to the log group.',
  'logs:DescribeLogGroups': 'Logs of workflows: Step Functions finds the log group.',
};

const checkPolicies: Check = (resources) =>
  ofType(resources, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role').flatMap(
    ({ logicalId, type, properties }) => {
      const inline = type === 'AWS::IAM::Role' ? asList(valueAt(properties, 'Policies')) : [properties];
      const statements = inline.flatMap((policy) => asList(valueAt(policy, 'PolicyDocument', 'Statement')));
      return statements
        .filter((statement) => valueAt(statement, 'Effect') === 'Allow')
        .flatMap((statement) => tooBroad(statement))
        .map((action) => ({
          rule: 'least-privilege',
          description: `${action} is granted on all resources.`,
          logicalId,
        }));
    },
  );

/** The actions of a statement that it grants too broadly. */
function tooBroad(statement: unknown): readonly string[] {
  const actions = asList(valueAt(statement, 'Action')).map(String);
  const wild = actions.filter((action) => action.includes('*'));
  if (!asList(valueAt(statement, 'Resource')).includes('*')) return wild;
  return actions.filter((action) => starActions[action] === undefined);
}

/** What is public, and where a partner signs what it sends. */
const openRoutes: ReadonlySet<unknown> = new Set([
  'GET /openapi.json',
  'GET /v1/encryption-key',
  'POST /v1/acquirer-notifications',
]);

const checkRoutes: Check = (resources) =>
  ofType(resources, 'AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => !openRoutes.has(properties['RouteKey']))
    .filter(
      ({ properties }) =>
        properties['AuthorizationType'] !== 'JWT' ||
        properties['AuthorizerId'] === undefined ||
        asList(properties['AuthorizationScopes']).length === 0,
    )
    .map(({ logicalId, properties }) => ({
      rule: 'route-closed',
      description: `${String(properties['RouteKey'])} has no authorizer or no scope.`,
      logicalId,
    }));

const checkFunctions: Check = (resources) => {
  const retained = new Set(
    ofType(resources, 'AWS::Logs::LogGroup')
      .filter(({ properties }) => typeof properties['RetentionInDays'] === 'number')
      .map(({ logicalId }) => logicalId),
  );
  const watched = new Set(
    ofType(resources, 'AWS::CloudWatch::Alarm').flatMap(({ properties }) =>
      asList(properties['Dimensions']).map((dimension) => referenceOf(valueAt(dimension, 'Value'))),
    ),
  );
  return ofType(resources, 'AWS::Lambda::Function').flatMap(({ logicalId, properties }) => {
    const logGroup = referenceOf(valueAt(properties, 'LoggingConfig', 'LogGroup'));
    return [
      ...(logGroup !== undefined && retained.has(logGroup)
        ? []
        : [{ rule: 'function-logs', description: 'A function has a log group of its own with retention.', logicalId }]),
      ...(watched.has(logicalId)
        ? []
        : [{ rule: 'function-alarm', description: 'A function has an alarm.', logicalId }]),
    ];
  });
};

const checkAlarms: Check = (resources) => {
  const alarms = ofType(resources, 'AWS::CloudWatch::Alarm');
  if (alarms.length === 0) return [];
  const anchors = runbookAnchors();
  return alarms.flatMap(({ logicalId, properties }) => {
    const anchor = /docs\/runbook\.md#(?<anchor>[\p{L}\p{N}-]+)$/u.exec(String(properties['AlarmDescription']))
      ?.groups?.['anchor'];
    if (anchor !== undefined && anchors.has(anchor)) return [];
    const description = `The alarm names no heading of docs/runbook.md (#${anchor ?? 'none'}).`;
    return [{ rule: 'alarm-runbook', description, logicalId }];
  });
};

/** The anchors of the runbook's headings. */
function runbookAnchors(): ReadonlySet<string> {
  const lines = readFileSync(projectPath('docs/runbook.md'), 'utf8').split('\n');
  return new Set(lines.filter((line) => /^#{2,} /u.test(line)).map((line) => toAnchor(line.replace(/^#+ /u, ''))));
}

const checkAsynchronousTargets: Check = (resources) => {
  const rules = ofType(resources, 'AWS::Events::Rule').flatMap(({ logicalId, properties }) =>
    asList(properties['Targets']).map((target) => ({ logicalId, target })),
  );
  const schedules = ofType(resources, 'AWS::Scheduler::Schedule').map(({ logicalId, properties }) => ({
    logicalId,
    target: properties['Target'],
  }));
  const targets = [...rules, ...schedules];
  const asynchronous = new Set(targets.map(({ target }) => referenceOf(valueAt(target, 'Arn'))));
  const lost = [
    ...targets.filter(({ target }) => valueAt(target, 'DeadLetterConfig', 'Arn') === undefined),
    // Only a stream has a position to start from. A queue has dead letters of its own (Serverless-SQSRedrivePolicy).
    ...ofType(resources, 'AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) =>
        properties['StartingPosition'] !== undefined &&
        valueAt(properties, 'DestinationConfig', 'OnFailure', 'Destination') === undefined,
    ),
    ...ofType(resources, 'AWS::Lambda::Function').filter(
      ({ logicalId, properties }) =>
        asynchronous.has(logicalId) && valueAt(properties, 'DeadLetterConfig', 'TargetArn') === undefined,
    ),
  ];
  return lost.map(({ logicalId }) => ({
    rule: 'dead-letters',
    description: 'What is called asynchronously has a dead-letter queue.',
    logicalId,
  }));
};
